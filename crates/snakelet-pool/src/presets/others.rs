//! The Raspberry Pi Pico, and the board that QEMU emulates.
use super::{BULK, Board, CPU_DMA, FAST_DTCM, K, LINE, M, memory, part, pool};
use crate::{Attributes, Reach};

/// RP2040: two Cortex-M0+.
///
/// Layout: from the end in the order of the other ports, with a stack of 8 KiB between heap and
/// stream buffer; the linker script of this port does not place the pool that the configuration
/// asks for.
///
/// Reach (data sheet of the RP2040): all banks of the SRAM are slaves of one crossbar, whose
/// masters are both cores and the DMA controller.
pub const RPI_PICO: Board = Board {
    name: "rpi-pico",
    title: "RPI_PICO",
    memories: &[memory("RAM", 0x2000_0000, 256 * K)],
    heap: &[part("RAM", 33 * K, 32 * K)],
    pools: &[pool("ram", part("RAM", 93 * K, 163 * K), BULK, CPU_DMA.union(Reach::CORE1))],
    stream: part("RAM", 73 * K, 20 * K),
    line: LINE,
};

/// Arm's MPS2+ with the Cortex-M7 of application note AN500, as QEMU emulates it.
///
/// Layout: SSRAM (SRAM1 in the firmware) from the end: variables, the heap, the stack (64 KiB), the
/// stream buffer. PSRAM from the start: a heap of the C library (256 KiB), then the pools. The
/// firmware keeps the last 4 MiB of it for files.
///
/// Reach: nothing is emulated that would keep a master out. All four pools lie in one memory, and
/// their attributes are there to exercise placement.
pub const MPS2_AN500: Board = Board {
    name: "mps2-an500",
    title: "MPS2_AN500",
    memories: &[memory("SSRAM", 0x2000_0000, 4 * M), memory("PSRAM", 0x6000_0000, 16 * M)],
    heap: &[part("SSRAM", 2496 * K, M)],
    pools: &[
        pool("bulk", part("PSRAM", 256 * K, 8 * M), BULK, CPU_DMA),
        pool("fast", part("PSRAM", 8448 * K, 2 * M), FAST_DTCM, CPU_DMA),
        pool("dtcm", part("PSRAM", 10496 * K, 256 * K), Attributes::DTCM, CPU_DMA),
        pool("itcm", part("PSRAM", 10752 * K, 128 * K), Attributes::ITCM, CPU_DMA),
    ],
    stream: part("SSRAM", 3584 * K, 512 * K),
    line: LINE,
};
