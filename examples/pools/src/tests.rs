//! Whole runs.

use std::time::Duration;

use snakelet_pool::presets::{self, BOARDS};

use crate::map::{Item, Kind, Map};
use crate::page::page;
use crate::tour;

/// Runs a board for a moment; gives what it printed as well.
fn run(board: &str) -> (Map, String) {
    let board = presets::board(board).expect("a board");
    let mut out = Vec::new();
    let map = tour::run(board, Duration::from_millis(50), &mut out);
    let text = String::from_utf8(out).expect("text");
    match map {
        Ok(map) => (map, text),
        Err(failure) => panic!("{}: {failure}\n{text}", board.name),
    }
}

fn find<'a>(map: &'a Map, owner: &str) -> &'a Item {
    map.items().find(|item| item.owner == owner).expect(owner)
}

#[test]
fn five_megapixels_fit_three_times_and_all_the_rest_beside_them() {
    let (map, text) = run("openmv-n6");
    let of_first = |item: &&Item| matches!(item.kind, Kind::Frame { camera: 0, .. });
    let frames: Vec<&Item> = map.items().filter(of_first).collect();
    assert_eq!(frames.len(), 3);
    assert_eq!(frames.iter().map(|item| item.size).sum::<u64>(), 30_233_088);
    assert!(text.contains("30,233,088 bytes in 'dram' at 0x91900000 of the pool's 32,505,856"));
    let dram = map.banks.iter().flat_map(|bank| &bank.parts);
    let dram = dram.into_iter().find(|part| part.name == "pool 'dram'").expect("a pool");
    assert_eq!((dram.size, dram.items.len()), (32_505_856, 3 + 3 + 1 + 1));
    // the model is in bulk memory, the fast wishes are granted
    assert!(dram.items.contains(find(&map, "model")));
    assert!((0x3406_C800..0x3410_0000).contains(&find(&map, "scratch").start));
    assert!((0x3000_0000..0x3002_0000).contains(&find(&map, "line buffer").start));
    for line in [
        "model, if it is to go: 1,200,000 bytes in 'npu' at 0x34200000",
        "model, if it is to stay: 1,200,000 bytes in 'dram'",
        "lend 'npu' with the tensors in it: the pool has 1 blocks of 1048576 bytes in use",
        "lend 'npu' when it is empty: 1,835,008 bytes are the accelerator's",
        "tensors meanwhile: pool 'npu': asked 1048576, free 1835008, largest 0",
        "tensors after it was taken back: 1,048,576 bytes in 'npu' at 0x34200000",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn grey_falls_from_three_frames_to_one_where_colour_does_not_fit() {
    let (map, text) = run("openmv4");
    for line in [
        "first: 3 x 640x480 RGB565 refused: pool 'sram0': asked 1843200, free 491520, largest 491520",
        "first: 1 x 640x480 RGB565 refused: pool 'sram0': asked 614400, free 491520, largest 491520",
        "first: 3 x 640x480 GRAYSCALE refused: pool 'sram0': asked 921600, free 491520, largest 491520",
        "first: 2 x 640x480 GRAYSCALE refused: pool 'sram0': asked 614400, free 491520, largest 491520",
        "first camera: 1 x 640x480 GRAYSCALE, 307,200 each",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let frame = find(&map, "first camera, frame 0");
    assert_eq!((frame.start, frame.size), (0x2400_8000, 307_200));
}

#[test]
fn every_board_runs_and_its_page_shows_every_range() {
    for board in &BOARDS {
        let (map, text) = run(board.name);
        assert!(text.contains("all pools are empty again"), "{text}");
        let page = page(&map);
        assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
        assert!(!page.contains("<script") && !page.contains("http"));
        for item in map.items() {
            let (from, to) = (item.start, item.start + item.size);
            let cells = format!("<td>{from:#010x}</td><td>{to:#010x}</td>");
            let bytes = crate::units::grouped(item.size);
            let row = page.lines().find(|line| line.contains(&cells) && line.contains("swatch"));
            let row = row.unwrap_or_else(|| panic!("{}: {item:?}", board.name));
            assert!(row.contains(&item.owner) && row.contains(&bytes), "{row}");
            // in the overview, and in a bar of its memory
            let drawn = format!("{}: {from:#010x} to {to:#010x}", item.owner);
            assert!(page.matches(&drawn).count() >= 2, "{}: {drawn}", board.name);
        }
    }
}
