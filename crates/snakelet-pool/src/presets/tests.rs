//! The tables against the figures of the firmware's configurations, and the stand-in memory.
use std::collections::BTreeSet;
use std::vec::Vec;

use super::{BOARDS, Board, BoardMemory, K, M, Part, Parts, board};
use crate::{Attributes, Reach};

/// What a configuration says of a board: heap parts, pools with the bits of their attributes, and
/// the stream buffer, in bytes.
type Row = (&'static str, &'static [u32], &'static [(u32, u8)], u32);

/// Bits of `FAST | DTCM`.
const FAST_DTCM: u8 = 1 | 4;

const TABLE: [Row; 16] = [
    (
        "OPENMV_N6",
        &[1_048_576, 25_165_824],
        &[(32_505_856, 0), (604_160, FAST_DTCM), (131_072, 4), (1_835_008, FAST_DTCM | 64)],
        1_048_576,
    ),
    ("OPENMV_AE3_HP", &[4_194_304], &[(2_572_288, 0), (524_288, 4)], 1_048_576),
    ("OPENMV_AE3_HE", &[2_097_152], &[(524_288, 0)], 512_000),
    (
        "OPENMV_RT1060",
        &[65_536, 208_896, 8_388_608],
        &[(24_117_248, 0), (524_288, FAST_DTCM), (65_536, 4)],
        1_048_576,
    ),
    ("OPENMV4P", &[237_568, 4_194_304], &[(28_311_552, 0), (507_904, FAST_DTCM)], 1_048_576),
    ("OPENMVPT", &[245_760, 8_388_608], &[(57_671_680, 0), (507_904, FAST_DTCM)], 1_048_576),
    ("OPENMV4", &[65_536, 270_336], &[(491_520, 0)], 32_768),
    ("OPENMV3", &[51_200], &[(392_192, 0)], 22_528),
    ("OPENMV2", &[45_056], &[(163_840, 0)], 8_192),
    (
        "ARDUINO_PORTENTA_H7",
        &[180_224, 2_621_440],
        &[(4_194_304, 0), (491_520, FAST_DTCM)],
        1_048_576,
    ),
    ("ARDUINO_GIGA", &[262_144, 2_621_440], &[(4_194_304, 0), (450_560, FAST_DTCM)], 1_048_576),
    ("ARDUINO_NICLA_VISION", &[30_720, 64_512, 282_624], &[(487_424, 0)], 32_768),
    ("ARDUINO_NANO_33_BLE_SENSE", &[65_536], &[(147_456, 0)], 16_384),
    ("ARDUINO_NANO_RP2040_CONNECT", &[61_440], &[(118_784, 0)], 20_480),
    ("RPI_PICO", &[32_768], &[(166_912, 0)], 20_480),
    (
        "MPS2_AN500",
        &[1_048_576],
        &[(8_388_608, 0), (2_097_152, FAST_DTCM), (262_144, 4), (131_072, 2)],
        524_288,
    ),
];

fn parts(board: &Board) -> Vec<Part> {
    let pools = board.pools.iter().map(|pool| pool.part);
    board.heap.iter().copied().chain(pools).chain([board.stream]).collect()
}

#[test]
fn lengths_and_attributes_are_those_of_the_configurations() {
    assert_eq!(BOARDS.len(), TABLE.len());
    for (board, (title, heap, pools, stream)) in BOARDS.iter().zip(TABLE) {
        assert_eq!(board.title, title);
        let have: Vec<u32> = board.heap.iter().map(|part| part.length).collect();
        assert_eq!(have, heap, "{title}");
        let have: Vec<(u32, u8)> =
            board.pools.iter().map(|pool| (pool.part.length, pool.attributes.bits())).collect();
        assert_eq!(have, pools, "{title}");
        assert_eq!(board.stream.length, stream, "{title}");
        assert_eq!(board.line, 32, "{title}");
    }
}

#[test]
fn sums_of_all_parts() {
    let sums: Vec<u32> =
        BOARDS.iter().map(|board| parts(board).iter().map(|part| part.length).sum()).collect();
    assert_eq!(
        sums,
        [
            62_339_072, // 1M + 24M, 31M + 590K + 128K + 1792K, 1M
            8_339_456,  // 4M, 2512K + 512K, 1M
            3_133_440,  // 2M, 512K, 500K
            34_418_688, // 64K + 204K + 8M, 23M + 512K + 64K, 1M
            34_299_904, // 232K + 4M, 27M + 496K, 1M
            67_862_528, // 240K + 8M, 55M + 496K, 1M
            860_160,    // 64K + 264K, 480K, 32K
            465_920,    // 50K, 383K, 22K
            217_088,    // 44K, 160K, 8K
            8_536_064,  // 176K + 2560K, 4M + 480K, 1M
            8_577_024,  // 256K + 2560K, 4M + 440K, 1M
            898_048,    // 30K + 63K + 276K, 476K, 32K
            229_376,    // 64K, 144K, 16K
            200_704,    // 60K, 116K, 20K
            220_160,    // 32K, 163K, 20K
            12_451_840, // 1M, 8M + 2M + 256K + 128K, 512K
        ]
    );
}

#[test]
fn parts_fit_their_memory_and_start_on_a_line() {
    for board in &BOARDS {
        for part in parts(board) {
            let memory = board.memory(part.memory).expect(part.memory);
            let end = u64::from(part.offset) + u64::from(part.length);
            assert!(end <= u64::from(memory.length), "{}: {part:?}", board.title);
            assert!(part.length > 0, "{}: {part:?}", board.title);
            let line = board.line as u64;
            assert_eq!(board.address(&part, 0) % line, 0, "{}: {part:?}", board.title);
            assert_eq!(u64::from(part.length) % line, 0, "{}: {part:?}", board.title);
        }
    }
}

#[test]
fn no_two_parts_and_no_two_memories_overlap() {
    for board in &BOARDS {
        let part_range = |part: Part| (board.address(&part, 0), board.address(&part, part.length));
        let parts = parts(board).into_iter().map(part_range).collect();
        let memories =
            board.memories.iter().map(|m| (m.start, m.start + u64::from(m.length))).collect();
        for mut ranges in [parts, memories] as [Vec<(u64, u64)>; 2] {
            ranges.sort_unstable();
            for pair in ranges.windows(2) {
                assert!(pair[0].1 <= pair[1].0, "{}: {pair:x?}", board.title);
            }
        }
        assert!(board.memories.iter().all(|m| m.start + u64::from(m.length) <= 1 << 32));
    }
}

#[test]
fn every_memory_of_a_table_is_used() {
    for board in &BOARDS {
        let used: BTreeSet<&str> = parts(board).iter().map(|part| part.memory).collect();
        let named: BTreeSet<&str> = board.memories.iter().map(|memory| memory.name).collect();
        assert_eq!(used, named, "{}", board.title);
        assert_eq!(named.len(), board.memories.len(), "{}", board.title);
    }
}

#[test]
fn names_are_unique_and_fit_a_command_line() {
    let names: BTreeSet<&str> = BOARDS.iter().map(|board| board.name).collect();
    assert_eq!(names.len(), BOARDS.len());
    for board in &BOARDS {
        assert_eq!(board.name, board.title.to_ascii_lowercase().replace('_', "-"));
        let pools: BTreeSet<&str> = board.pools.iter().map(|pool| pool.name).collect();
        assert_eq!(pools.len(), board.pools.len(), "{}", board.title);
        assert!(pools.iter().all(|name| name.len() <= 5), "{pools:?}");
    }
}

#[test]
fn boards_are_found_by_name_and_title() {
    for expected in &BOARDS {
        let mixed = expected.name.replace('-', "_");
        for name in [expected.name, expected.title, &mixed] {
            assert_eq!(board(name), Some(expected), "{name}");
        }
    }
    assert_eq!(board("OPENMV_N6").map(|board| board.name), Some("openmv-n6"));
    assert_eq!(board("OpenMV-n6").map(|board| board.title), Some("OPENMV_N6"));
    for name in ["", "openmv", "openmv-n66", "openmv n6", "-"] {
        assert_eq!(board(name), None, "{name}");
    }
}

/// The first pool of each board is bulk memory, without which no request without a wish is placed.
#[test]
fn the_first_pool_is_bulk_and_the_largest() {
    for board in &BOARDS {
        let largest = board.pools.iter().map(|pool| pool.part.length).max();
        assert_eq!(board.pools.first().map(|pool| pool.attributes), Some(Attributes::empty()));
        assert_eq!(board.pools.first().map(|pool| pool.part.length), largest);
    }
}

#[test]
fn reach_of_each_pool() {
    let pools =
        || BOARDS.iter().flat_map(|board| board.pools.iter().map(move |pool| (board, pool)));
    for (board, pool) in pools() {
        assert!(pool.reach.contains(Reach::CPU), "{} {}", board.title, pool.name);
        let cpu_only = (board.title, pool.name) == ("OPENMV_N6", "dtcm");
        assert_eq!(pool.reach.contains(Reach::DMA), !cpu_only, "{} {}", board.title, pool.name);
        // The data TCM of an STM32H7 is at 0x20000000, and has no pool.
        let h7 = board.memory("SRAM0").is_some_and(|memory| memory.start == 0x2400_0000);
        assert!(!(h7 && pool.part.memory == "DTCM"), "{} {}", board.title, pool.name);
    }
    let npu: Vec<(&str, &str)> = pools()
        .filter(|(_, pool)| pool.reach.contains(Reach::NPU))
        .map(|(board, pool)| (board.name, pool.name))
        .collect();
    assert_eq!(
        npu,
        [
            ("openmv-n6", "dram"),
            ("openmv-n6", "sram1"),
            ("openmv-n6", "npu"),
            ("openmv-ae3-hp", "sram1"),
            ("openmv-ae3-hp", "dtcm"),
            ("openmv-ae3-he", "sram6"),
        ]
    );
}

#[test]
fn mps2_an500_is_the_machine_of_qemu() {
    let board = board("mps2-an500").expect("preset");
    let psram = board.memory("PSRAM").expect("memory");
    assert_eq!((psram.start, psram.length), (0x6000_0000, 16 * M));
    let ssram = board.memory("SSRAM").expect("memory");
    assert_eq!((ssram.start, ssram.length), (0x2000_0000, 4 * M));
    let pools: Vec<_> = board
        .pools
        .iter()
        .map(|pool| (pool.name, board.address(&pool.part, 0), pool.part.length, pool.attributes))
        .collect();
    assert_eq!(
        pools,
        [
            ("bulk", 0x6004_0000, 8 * M, Attributes::empty()),
            ("fast", 0x6084_0000, 2 * M, Attributes::FAST | Attributes::DTCM),
            ("dtcm", 0x60A4_0000, 256 * K, Attributes::DTCM),
            ("itcm", 0x60A8_0000, 128 * K, Attributes::ITCM),
        ]
    );
    assert_eq!(board.address(&board.stream, 0), 0x2038_0000);
    assert_eq!(board.heap.iter().map(|part| part.length).collect::<Vec<_>>(), [M]);
}

#[test]
fn addresses_of_odd_parts_are_harmless() {
    let board = board("rpi-pico").expect("preset");
    let elsewhere = Part { memory: "DRAM", offset: 8, length: 8 };
    assert_eq!(board.address(&elsewhere, 8), 16);
    let far = Part { memory: "RAM", offset: u32::MAX, length: u32::MAX };
    assert_eq!(board.address(&far, u32::MAX), 0x2000_0000 + 2 * u64::from(u32::MAX));
}

#[test]
fn memory_is_aligned_and_as_long_as_the_board_says() {
    for board in &BOARDS {
        // Under Miri only small boards: it keeps a record of every byte.
        if cfg!(miri) && parts(board).iter().any(|part| part.length > 512 * K) {
            continue;
        }
        let mut memory = BoardMemory::new(board);
        assert_eq!(memory.board(), board);
        let Parts { heap, pools, stream } = memory.split();
        assert_eq!(heap.len(), board.heap.len());
        for ((pool, _), expected) in pools.iter().zip(board.pools) {
            assert_eq!(*pool, expected);
        }
        for (bytes, part) in heap.into_iter().zip(board.heap) {
            assert_eq!(bytes.len(), part.length as usize);
            assert_eq!(bytes.as_ptr().addr() % 64, 0);
            let last = bytes.len() - 1;
            assert_eq!((*bytes[0].write(1), *bytes[last].write(2)), (1, 2));
        }
        let slices: Vec<&mut [u8]> =
            pools.into_iter().map(|(_, bytes)| bytes).chain([stream]).collect();
        let rest = parts(board).split_off(board.heap.len());
        assert_eq!(slices.len(), rest.len());
        for (bytes, part) in slices.into_iter().zip(rest) {
            assert_eq!(bytes.len(), part.length as usize);
            assert_eq!(bytes.as_ptr().addr() % 64, 0);
            assert_eq!((bytes.first(), bytes.last()), (Some(&0), Some(&0)));
            bytes[0] = 1;
            bytes[bytes.len() - 1] = 2;
        }
        // A second borrow shows the same bytes.
        let parts = memory.split();
        assert_eq!((parts.stream.first(), parts.stream.last()), (Some(&1), Some(&2)));
    }
}

/// A board without heap and pools, and with an empty part, is odd but harmless.
#[test]
fn an_empty_board_has_empty_parts() {
    static EMPTY: Board = Board {
        name: "empty",
        title: "EMPTY",
        memories: &[],
        heap: &[],
        pools: &[],
        stream: Part { memory: "", offset: 0, length: 0 },
        line: 32,
    };
    let mut memory = BoardMemory::new(&EMPTY);
    let parts = memory.split();
    assert!(parts.heap.is_empty() && parts.pools.is_empty() && parts.stream.is_empty());
}
