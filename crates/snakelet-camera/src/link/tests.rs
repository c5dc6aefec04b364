//! The link as a tool sees it.

use std::string::String;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::packet::{flag, opcode};
use super::testing::{Fault, Sizes, Tool, noise, run, with_tool};
use super::*;

const SIZES: Sizes = Sizes { packet: 4096, script: 8192, printed: 1024, stream: 200_000 };

fn quiet<R>(work: impl FnOnce(&mut Tool<'_, '_>) -> R) -> R {
    with_tool(SIZES, &mut |_| {}, work)
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect()
}

#[test]
fn the_wire_form_is_openmvs() {
    quiet(|tool| {
        // as OpenMV's client 1.0.7 sends PROTO_SYNC and PROTO_GET_CAPS, and takes their answers
        let sync = [0xAA, 0xD5, 0, 0, 0, 0, 0, 0, 0xB0, 0xAC];
        tool.link.receive(&sync, 0, &mut tool.board);
        let answer = [0xAA, 0xD5, 0, 0, 1, 0, 0, 0];
        assert_eq!(tool.link.outgoing(0, &mut tool.board)[..8], answer);
        tool.link.sent(10, 0);
        assert!(tool.link.outgoing(0, &mut tool.board).is_empty());
        tool.send(0, 0, 0, opcode::GET_CAPS, &[]);
        let answer = tool.link.outgoing(0, &mut tool.board);
        assert_eq!(answer[2..8], [0, 0, 1, 1, 16, 0]);
        assert_eq!(answer[10..26], [0xF, 0, 0, 0, 0xF2, 0xF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(answer.len(), 30);
    });
}

#[test]
fn the_board_tells_of_itself() {
    quiet(|tool| {
        // more than a packet had before the tool has said what it can take
        let info = words(&tool.ask(opcode::INFO, 0, &[]).unwrap());
        assert_eq!((info.len(), info[0], info[14]), (19, 0x411F_C272, 31));
        tool.connect().unwrap();
        let version = tool.ask(opcode::VERSION, 0, &[]).unwrap();
        assert_eq!(version, [1, 0, 2, 0, 0, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        let memories = tool.ask(opcode::MEMORY, 0, &[]).unwrap();
        assert_eq!((memories.len(), memories[0]), (4 + 9 * 24, 9));
        assert_eq!(words(&memories)[2..7], [1000, 400, 600, 0, 0]);
        let channels = tool.ask(opcode::CHANNELS, 0, &[]).unwrap();
        assert_eq!(channels.len(), 48);
        assert_eq!(channels[32..42], *b"\x03\x19stream\0\0");
        for (code, channel) in [(opcode::READ, 1), (0x77, 0), (opcode::SIZE, 4), (opcode::LOCK, 2)]
        {
            assert_eq!(tool.ask(code, channel, &[]), Err(Fault::Refused(2)));
        }
    });
}

#[test]
fn scripts_come_in_pieces() {
    quiet(|tool| {
        tool.connect().unwrap();
        let script: Vec<u8> = (0..8192).map(|i| (i % 251) as u8).collect();
        tool.run(&script).unwrap();
        assert_eq!(tool.board.running.as_deref(), Some(&script[..]));
        tool.run(b"print(1)").unwrap();
        assert_eq!(tool.board.running.as_deref(), Some(&b"print(1)"[..]));
        assert_eq!(words(&tool.ask(opcode::POLL, 0, &[]).unwrap()), [2]);
        let write = |offset: u32, len: u32, data: &[u8]| {
            [&offset.to_le_bytes()[..], &len.to_le_bytes(), data].concat()
        };
        let mut refusal = |payload: &[u8]| tool.ask(opcode::WRITE, 1, payload);
        assert_eq!(refusal(&write(9, 1, b"x")), Err(Fault::Refused(2)), "a gap");
        assert_eq!(refusal(&write(0, 2, b"x")), Err(Fault::Refused(2)), "another length");
        assert_eq!(refusal(&write(u32::MAX, u32::MAX, b"")), Err(Fault::Refused(2)));
        assert_eq!(refusal(&[0; 7]), Err(Fault::Refused(2)));
        assert!(refusal(&write(0, 4000, &[1; 4000])).is_ok());
        assert!(refusal(&write(4000, 4000, &[1; 4000])).is_ok());
        assert_eq!(refusal(&write(8000, 193, &[1; 193])), Err(Fault::Refused(7)));
        tool.ask(opcode::IOCTL, 1, &1_u32.to_le_bytes()).unwrap();
        assert!(!tool.board.is_running());
    });
}

#[test]
fn frames_are_locked_while_they_are_read() {
    for flags in [3, 7, 15] {
        quiet(|tool| {
            tool.wanted = (flags, 4096);
            tool.connect().unwrap();
            assert_eq!(tool.read_frame(), Ok(None));
            assert_eq!(tool.ask(opcode::READ, 3, &[0; 8]), Err(Fault::Refused(1)));
            tool.connect().unwrap();
            assert!(tool.show(320, 240));
            assert_eq!(words(&tool.ask(opcode::POLL, 0, &[]).unwrap()), [8]);
            tool.ask(opcode::LOCK, 3, &[]).unwrap();
            assert_eq!(tool.ask(opcode::LOCK, 3, &[]), Err(Fault::Refused(4)));
            assert!(!tool.show(10, 10));
            let shape = tool.ask(opcode::SHAPE, 3, &[]).unwrap();
            assert_eq!(words(&shape), [320, 240, 1]);
            let mut part = |offset: u32, len: u32| {
                let payload = [offset.to_le_bytes(), len.to_le_bytes()].concat();
                tool.ask(opcode::READ, 3, &payload).unwrap()
            };
            let frame = part(0, 76_832);
            assert_eq!(frame.len(), 76_832);
            assert_eq!(part(32, 5000), frame[32..5032]);
            assert_eq!(part(76_830, u32::MAX), frame[76_830..]);
            assert_eq!(part(u32::MAX, 5), []);
            // who connects anew gives up what was locked
            tool.connect().unwrap();
            assert!(tool.show(10, 10));
            assert_eq!(tool.read_frame().unwrap().unwrap().len(), 132);
        });
    }
}

#[test]
fn the_viewer_has_the_choice() {
    quiet(|tool| {
        tool.connect().unwrap();
        let mut set = |words: &[u32]| {
            let payload: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            tool.ask(opcode::IOCTL, 3, &payload).map(drop)
        };
        set(&[2, 100, 0]).unwrap();
        set(&[1, 1]).unwrap();
        set(&[0, 1]).unwrap();
        set(&[3, 0x50F7]).unwrap();
        assert_eq!((set(&[0]), set(&[2, 1]), set(&[9, 1]), set(&[])), {
            let refused = || Err(Fault::Refused(2));
            (refused(), refused(), refused(), refused())
        });
        let viewer = tool.link.session.viewer;
        assert!(viewer.is_shown() && viewer.is_raw());
        assert_eq!((viewer.most(), viewer.source()), ((100, 1), 0x50F7));
        tool.link.disconnect();
        assert!(!tool.link.session.viewer.is_shown() && !tool.link.is_connected());
    });
}

#[test]
fn what_is_printed_is_told_once_and_whole() {
    for flags in [3, 15] {
        with_tool(Sizes { packet: 64, printed: 600, ..SIZES }, &mut |_| {}, |tool| {
            tool.wanted = (flags, 4096);
            tool.connect().unwrap();
            let text = "größer als ein Paket, € inbegriffen\n".repeat(12);
            tool.board.printed.write(text.as_bytes());
            // each answer is text by itself
            let size = tool.ask(opcode::SIZE, 2, &[]).unwrap();
            let read = [&[0; 4][..], &size].concat();
            let first = String::from_utf8(tool.ask(opcode::READ, 2, &read).unwrap()).unwrap();
            assert!(first.len() > 45 && text.starts_with(&first));
            assert_eq!(tool.read_printed().unwrap(), text[first.len()..]);
            assert_eq!(tool.ask(opcode::READ, 2, &read).unwrap(), []);
        });
    }
}

#[test]
fn what_was_printed_stays_until_it_has_arrived() {
    quiet(|tool| {
        tool.wanted = (3, 4096);
        tool.connect().unwrap();
        tool.board.printed.write(b"hello");
        // the answer is lost, and the tool connects anew
        let mut lose = 1;
        tool.set_noise(move |packet| {
            if packet.windows(5).any(|bytes| bytes == b"hello") && lose > 0 {
                lose -= 1;
                packet.clear();
            }
        });
        assert_eq!(tool.request(opcode::READ, 2, &[0, 0, 0, 0, 5, 0, 0, 0]), Ok(b"hello".to_vec()));
        assert_eq!(tool.read_printed().unwrap(), "");
        // what is overwritten meanwhile is not removed a second time
        tool.board.printed.write(b"hello");
        tool.ask(opcode::READ, 2, &[0, 0, 0, 0, 5, 0, 0, 0]).unwrap();
        tool.board.printed.write(&[b'x'; 1024]);
        tool.ask(opcode::POLL, 0, &[]).unwrap();
        assert_eq!(tool.board.printed.len(), 1024);
    });
}

#[test]
fn events_tell_of_what_happens() {
    quiet(|tool| {
        tool.connect().unwrap();
        tool.run(b"pass").unwrap();
        tool.show(10, 10);
        tool.board.printed.write(&[b'.'; 600]);
        tool.wait(5000);
        tool.ask(opcode::POLL, 0, &[]).unwrap();
        assert_eq!(tool.events, [(1, vec![1, 0]), (3, vec![]), (2, vec![])]);
        tool.events.clear();
        tool.board.running = None;
        tool.read_frame().unwrap();
        tool.show(10, 10);
        tool.wait(5000);
        tool.ask(opcode::POLL, 0, &[]).unwrap();
        assert_eq!(tool.events, [(1, vec![0, 0]), (3, vec![])]);
        let stats = words(&tool.ask(opcode::STATS, 0, &[]).unwrap());
        assert_eq!((stats[2], stats[3], stats[4], stats[6]), (0, 0, 0, 5));
    });
}

#[test]
fn what_is_not_acknowledged_is_sent_again() {
    quiet(|tool| {
        tool.connect().unwrap();
        let mut lose = 3;
        tool.set_noise(move |packet| {
            if packet.get(4).is_some_and(|flags| flags & flag::ACK_REQ != 0) && lose > 0 {
                lose -= 1;
                packet.clear();
            }
        });
        assert_eq!(tool.ask(opcode::VERSION, 0, &[]).map(|version| version.len()), Ok(16));
        let stats = words(&tool.ask(opcode::STATS, 0, &[]).unwrap());
        assert_eq!((stats[4], stats[5]), (3, 0));
        // acknowledgements that are lost do no harm
        tool.set_noise(|packet| {
            if packet.get(4) == Some(&flag::ACK) {
                packet.clear();
            }
        });
        for _ in 0..10 {
            assert_eq!(tool.ask(opcode::VERSION, 0, &[]).map(|version| version.len()), Ok(16));
        }
        // nobody is there any more
        tool.set_noise(Vec::clear);
        tool.ask(opcode::VERSION, 0, &[]).unwrap_err();
        tool.set_noise(|_| {});
        tool.connect().unwrap();
        assert_eq!(tool.ask(opcode::VERSION, 0, &[]).map(|version| version.len()), Ok(16));
    });
}

#[test]
fn what_is_wrong_is_refused_at_once() {
    quiet(|tool| {
        tool.wanted = (3, 4096);
        tool.connect().unwrap();
        let mut first = true;
        tool.set_noise(move |packet| {
            if core::mem::take(&mut first) {
                packet[12] ^= 4;
            }
        });
        assert_eq!(tool.ask(opcode::READ, 2, &[0; 8]), Err(Fault::Refused(5)));
        tool.set_noise(|_| {});
        tool.ask(opcode::POLL, 0, &[]).unwrap();
        // a number that is not the next one, and a request in pieces
        tool.send(99, 0, 0, opcode::POLL, &[]);
        tool.wait(1000);
        let answer = tool.link.session.counts;
        assert_eq!((answer.checksum, answer.sequence), (1, 1));
        tool.send(0, 0, 0, opcode::SYNC, &[]);
        tool.connect().unwrap();
        tool.send(2, 1, flag::FRAGMENT, opcode::WRITE, &[0; 8]);
        tool.wait(1000);
        tool.connect().unwrap();
    });
}

#[test]
fn a_packet_without_an_end_is_given_up() {
    quiet(|tool| {
        tool.connect().unwrap();
        let header = packet::Header { sequence: 2, channel: 1, flags: 0, opcode: 0x27, len: 4000 };
        let board = &mut tool.board;
        tool.link.receive(&header.to_bytes(true), 10_000_000, board);
        assert!(tool.link.outgoing(10_000_000, board).is_empty());
        // the bytes of the next packet seem to belong to it, until nothing comes any more
        let sync = [0xAA, 0xD5, 0, 0, 0, 0, 0, 0, 0xB0, 0xAC];
        tool.link.receive(&sync, 10_000_000, board);
        assert!(tool.link.outgoing(10_050_000, board).is_empty());
        assert_eq!(tool.link.outgoing(10_100_000, board)[..6], [0xAA, 0xD5, 0, 0, 1, 0]);
    });
}

#[test]
fn memory_that_is_too_small_is_refused() {
    let viewer = Viewer::new();
    for (receive, send, fits) in [(64, 64, true), (63, 100, false), (100, 63, false), (0, 0, false)]
    {
        let (mut receive, mut send) = (vec![0; receive], vec![0; send]);
        let memory = LinkMemory { receive: &mut receive, send: &mut send, script: &mut [] };
        assert_eq!(Link::new(memory, &viewer, None).is_ok(), fits);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn noise_passes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        run(&bytes);
    }

    #[test]
    fn any_bytes_are_borne(
        bytes in proptest::collection::vec(
            prop_oneof![Just(0xAA_u8), Just(0xD5), Just(0), any::<u8>()],
            0..9000,
        ),
        piece in 1_usize..5000,
    ) {
        quiet(|tool| {
            for piece in bytes.chunks(piece) {
                tool.link.receive(piece, 0, &mut tool.board);
                tool.wait(1000);
            }
            tool.wait(300_000);
            prop_assert!(tool.connect().is_ok());
            Ok(())
        })?;
    }
}

/// A twentieth of all packets is lost, in both directions, as the tool's own test does it.
#[test]
fn a_line_that_loses_packets_still_carries_frames() {
    let mut state = 7_u32;
    let mut lossy = move |packet: &mut Vec<u8>| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 16 < 0x1_0000 / 20 {
            packet.clear();
        }
    };
    with_tool(SIZES, &mut lossy, |tool| {
        let mut frames = 0;
        for _ in 0..200 {
            tool.show(320, 240);
            if let Ok(Some(frame)) = tool.read_frame() {
                assert_eq!(frame.len(), 32 + 320 * 240);
                frames += 1;
            }
        }
        assert!(frames >= 150, "{frames}");
    });
}

#[test]
fn the_noise_of_the_tests_is_some() {
    let mut changed = 0;
    let mut noise = noise(&[0, 9, 20, 40, 60, 0, 85, 200, 200, 200]);
    for _ in 0..5 {
        let mut packet = vec![1; 40];
        noise(&mut packet);
        changed += usize::from(packet != [1; 40]);
    }
    assert_eq!(changed, 4);
}
