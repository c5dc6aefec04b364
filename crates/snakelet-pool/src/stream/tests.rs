//! Both sides after each other, on real threads, and under the model checker.

use core::mem;
use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::{Acquire, Release, SeqCst};
use std::string::ToString;
use std::sync::Arc;
use std::thread;
use std::vec;
use std::vec::Vec;

use super::state::State;
use super::*;
use crate::frames::model::{Checked, NONE, Schedules, explore};
use crate::frames::word::Word;

/// Memory that starts at a multiple of 32.
#[repr(align(32))]
struct Aligned([u8; 128]);

fn grey(width: u32, height: u32) -> StreamHeader {
    let data = StreamData::Raw { bytes_per_pixel: 1 };
    StreamHeader { width, height, format: 0x0802_0001, data, fps: 12.5 }
}

fn jpeg(bytes: u32) -> StreamHeader {
    let data = StreamData::Compressed { bytes };
    StreamHeader { width: 320, height: 240, format: 0x0606_0000, data, fps: 12.5 }
}

/// Writes a frame of one byte repeated; false if it is not the writer's turn.
fn write(writer: &mut StreamWriter<'_>, bytes: u32, value: u8) -> bool {
    let Some(mut filling) = writer.begin() else { return false };
    filling.bytes()[..bytes as usize].fill(value);
    filling.complete(jpeg(bytes)).unwrap();
    true
}

#[test]
fn the_wire_form_is_openmvs() {
    let mut region = Aligned([0xFF; 128]);
    let mut buffer = StreamBuffer::new(&mut region.0).unwrap();
    let (mut writer, mut reader) = buffer.split();
    let mut filling = writer.begin().unwrap();
    filling.bytes()[..6].copy_from_slice(&[1, 2, 3, 4, 5, 6]);
    filling.complete(grey(3, 2)).unwrap();
    let reading = reader.begin().unwrap();
    let wire = [
        3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 8, 1, 0, 0,
        0, // width, height, format, bytes a pixel
        32, 0, 0, 0, 0, 0, 0x48, 0x41, 0, 0, 0, 0, 0, 0, 0, 0, // offset, 12.5 as a float
        1, 2, 3, 4, 5, 6,
    ];
    assert_eq!(reading.bytes(), wire);
    assert_eq!((reading.header(), reading.data()), (grey(3, 2), &wire[32..]));
    drop(reading);
    assert_eq!(region.0[..32], [0; 32], "no frame");
    assert_eq!(region.0[32..39], [1, 2, 3, 4, 5, 6, 0xFF]);
}

#[test]
fn the_writer_waits_for_the_reader() {
    let mut region = Aligned([0; 128]);
    let mut buffer = StreamBuffer::new(&mut region.0).unwrap();
    let (mut writer, mut reader) = buffer.split();
    assert!(reader.begin().is_none());
    assert_eq!(reader.size(), None);
    assert!(write(&mut writer, 10, 1));
    assert_eq!(reader.size(), Some(42));
    assert!(!write(&mut writer, 10, 2));
    let reading = reader.begin().unwrap();
    assert!(reader.begin().is_none(), "it is being read");
    assert_eq!(reader.size(), None);
    assert!(!write(&mut writer, 10, 3) && !writer.withdraw());
    assert_eq!(reading.data(), [1; 10]);
    drop(reading);
    assert!(write(&mut writer, 96, 4));
    assert_eq!(reader.begin().map(|reading| reading.data().to_vec()), Some(vec![4; 96]));
}

#[test]
fn frames_are_abandoned_and_withdrawn() {
    let mut region = Aligned([0; 128]);
    let mut buffer = StreamBuffer::new(&mut region.0).unwrap();
    let (mut writer, mut reader) = buffer.split();
    assert!(!writer.withdraw(), "there is none");
    let filling = writer.begin().unwrap();
    assert!(writer.begin().is_none() && !writer.withdraw());
    drop(filling);
    assert!(reader.begin().is_none());
    assert!(write(&mut writer, 10, 1));
    assert!(writer.withdraw());
    assert_eq!(reader.size(), None);
    assert!(reader.begin().is_none());
    assert!(write(&mut writer, 10, 2));
    assert_eq!(reader.begin().unwrap().data(), [2; 10]);
}

#[test]
fn frames_that_do_not_fit_are_refused() {
    let mut region = Aligned([0; 128]);
    let mut buffer = StreamBuffer::new(&mut region.0).unwrap();
    assert_eq!(buffer.capacity(), 96);
    let (mut writer, reader) = buffer.split();
    let mut attempt = |header| writer.begin().unwrap().complete(header);
    let no_room = |asked| Err(StreamError::NoRoom { asked, room: 96 });
    assert_eq!(attempt(jpeg(97)), no_room(97));
    assert_eq!(attempt(grey(97, 1)), no_room(97));
    assert_eq!(attempt(grey(u32::MAX, u32::MAX)), no_room(0xFFFF_FFFE_0000_0001));
    let data = StreamData::Raw { bytes_per_pixel: 4 };
    let huge = StreamHeader { data, ..grey(u32::MAX, u32::MAX) };
    assert_eq!(huge.data_bytes(), None);
    assert_eq!(attempt(huge), no_room(u64::MAX));
    assert_eq!(attempt(jpeg(0)), Err(StreamError::NoData));
    assert_eq!(attempt(grey(0, 5)), Err(StreamError::NoData));
    assert_eq!(reader.size(), None);
    assert_eq!(attempt(grey(96, 1)), Ok(()));
    assert_eq!(reader.size(), Some(128));
    let text = no_room(97).unwrap_err().to_string();
    assert_eq!(text, "frame of 97 bytes does not fit a stream buffer with room for 96");
}

#[test]
fn regions_are_aligned() {
    let mut region = Aligned([0xFF; 128]);
    let start = region.0.as_ptr().addr();
    for (from, to, capacity) in [(0, 128, 96), (0, 64, 32), (1, 96, 32), (31, 97, 33), (32, 96, 32)]
    {
        let buffer = StreamBuffer::new(&mut region.0[from..to]).unwrap();
        assert_eq!(buffer.capacity(), capacity);
        assert_eq!(buffer.range(), start + from..start + to);
    }
    for (from, to) in [(0, 0), (0, 63), (1, 95), (31, 32), (33, 127)] {
        let outcome = StreamBuffer::new(&mut region.0[from..to]);
        assert_eq!(outcome.err(), Some(StreamError::TooSmall { bytes: to - from }));
    }
}

#[test]
fn nothing_outside_of_the_region_is_written() {
    let mut region = Aligned([0xAA; 128]);
    let mut buffer = StreamBuffer::new(&mut region.0[3..100]).unwrap();
    let (mut writer, _) = buffer.split();
    let mut filling = writer.begin().unwrap();
    assert_eq!(filling.bytes().len(), 36);
    filling.bytes().fill(0);
    filling.complete(grey(36, 1)).unwrap();
    assert!(region.0[..32].iter().chain(&region.0[100..]).all(|&byte| byte == 0xAA));
}

#[test]
fn forgotten_guards_keep_the_stream_busy_until_it_is_split_again() {
    let mut region = Aligned([0; 128]);
    let mut buffer = StreamBuffer::new(&mut region.0).unwrap();
    let (mut writer, mut reader) = buffer.split();
    mem::forget(writer.begin());
    assert!(writer.begin().is_none() && reader.begin().is_none());
    let (mut writer, mut reader) = buffer.split();
    assert!(write(&mut writer, 10, 1));
    mem::forget(reader.begin());
    assert!(writer.begin().is_none() && reader.begin().is_none());
    let (mut writer, mut reader) = buffer.split();
    assert!(write(&mut writer, 10, 2));
    assert_eq!(reader.begin().unwrap().data(), [2; 10]);
}

/// What is given to other threads, and the sides of a buffer that lives forever.
#[test]
fn sides_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<StreamBuffer<'_>>();
    is_send::<StreamWriter<'_>>();
    is_send::<StreamReader<'_>>();
    is_send::<StreamFilling<'_>>();
    is_send::<StreamReading<'_>>();
    fn _forever(buffer: &'static mut StreamBuffer<'static>) -> StreamReading<'static> {
        buffer.split().1.begin().unwrap()
    }
}

#[test]
fn threads_pass_frames() {
    let rounds: u8 = if cfg!(miri) { 30 } else { 250 };
    let done = AtomicBool::new(false);
    let mut region = vec![0; 200];
    let mut buffer = StreamBuffer::new(&mut region).unwrap();
    let (mut writer, mut reader) = buffer.split();
    let seen = thread::scope(|scope| {
        let done = &done;
        scope.spawn(move || {
            for value in 1..=rounds {
                while !write(&mut writer, u32::from(value % 90) + 1, value) {
                    thread::yield_now();
                }
                if value % 7 == 0 {
                    writer.withdraw();
                }
            }
            done.store(true, Release);
        });
        let mut seen = Vec::new();
        loop {
            let last = done.load(Acquire);
            let size = reader.size();
            if let Some(reading) = reader.begin() {
                let value = reading.data()[0];
                assert_eq!(reading.data(), vec![value; usize::from(value % 90) + 1]);
                assert_eq!(reading.header(), jpeg(u32::from(value % 90) + 1));
                assert!(size.is_none_or(|size| (33..=122).contains(&size)));
                seen.push(value);
            } else if last {
                break seen;
            }
            thread::yield_now();
        }
    });
    assert!(seen.is_sorted_by(|earlier, later| earlier < later));
    let missing = (1..=rounds).filter(|value| !seen.contains(value));
    assert!(missing.into_iter().all(|value| value % 7 == 0), "{seen:?}");
}

/// The state word beside memory of two words, which must always be equal.
struct Stage {
    state: State<Checked>,
    memory: [Checked; 2],
}

/// A writer of three frames, which withdraws the second, beside a reader that asks twice.
fn play() {
    let new = Checked::<NONE>::new;
    let stage = Arc::new(Stage { state: State(new(0)), memory: [new(0), new(0)] });
    let writer = shuttle::thread::spawn({
        let stage = stage.clone();
        move || {
            let mut written = 0;
            for number in 1..=3 {
                if stage.state.begin_write() {
                    stage.memory.iter().for_each(|word| word.store(number, SeqCst));
                    stage.state.complete(number);
                    written += 1;
                }
                if number == 2 && stage.state.withdraw() {
                    stage.memory.iter().for_each(|word| word.store(0, SeqCst));
                    stage.state.clear();
                    written -= 1;
                }
            }
            written
        }
    });
    let (mut last, mut read) = (0, 0);
    for _ in 0..2 {
        assert!(stage.state.size().is_none_or(|size| size > last));
        if let Some(size) = stage.state.begin_read() {
            assert!(size > last, "a frame is read twice");
            assert!(stage.memory.iter().all(|word| word.load(SeqCst) == size), "a torn frame");
            stage.state.clear();
            (last, read) = (size, read + 1);
        }
    }
    let written: u32 = writer.join().unwrap();
    assert_eq!(written, read + u32::from(stage.state.size().is_some()));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn turns_in_all_interleavings() {
    let count = explore(Schedules::All(2_000_000), play);
    std::println!("{count} interleavings");
    assert!(count > 10_000, "only {count} interleavings");
}
