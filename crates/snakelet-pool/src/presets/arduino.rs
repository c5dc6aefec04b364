//! Boards of Arduino.
use super::{BULK, Board, CPU_DMA, FAST_DTCM, K, LINE, M, memory, part, pool};
use crate::Reach;

/// Masters of the memories that both cores of an STM32H747 or of an RP2040 share.
const TWO_CORES: Reach = CPU_DMA.union(Reach::CORE1);

/// STM32H747 with 8 MiB of SDRAM: Cortex-M7 and Cortex-M4.
///
/// Layout: SRAM0 from the end after buffers of drivers; SRAM1 and DRAM from the start. In SRAM1
/// messages between the cores (64 KiB) follow the heap, in DRAM the second core has 512 KiB between
/// the stream buffer and the heap. The firmware's SRAM1 is the chip's SRAM1 and SRAM2.
///
/// Reach (manual RM0399): SDRAM and AXI SRAM are in domain 1, where the DMA controllers of domains
/// 1 and 2 get to, and the Cortex-M4 from domain 2 as well.
pub const PORTENTA_H7: Board = Board {
    name: "arduino-portenta-h7",
    title: "ARDUINO_PORTENTA_H7",
    memories: &[
        memory("SRAM0", 0x2400_0000, 512 * K),
        memory("SRAM1", 0x3000_0000, 240 * K),
        memory("DRAM", 0x6000_0000, 8 * M),
    ],
    heap: &[part("SRAM1", 0, 176 * K), part("DRAM", 1536 * K, 2560 * K)],
    pools: &[
        pool("dram", part("DRAM", 4 * M, 4 * M), BULK, TWO_CORES),
        pool("sram0", part("SRAM0", 32 * K, 480 * K), FAST_DTCM, TWO_CORES),
    ],
    stream: part("DRAM", 0, M),
    line: LINE,
};

/// STM32H747 with 8 MiB of SDRAM: Cortex-M7 and Cortex-M4.
///
/// Layout: SRAM0 from the end after variables and buffers of drivers; SRAM1 and DRAM from the
/// start. In DRAM the second core has 512 KiB between the stream buffer and the heap.
///
/// Reach (manual RM0399): SDRAM and AXI SRAM are in domain 1, where the DMA controllers of domains
/// 1 and 2 get to, and the Cortex-M4 from domain 2 as well.
pub const GIGA: Board = Board {
    name: "arduino-giga",
    title: "ARDUINO_GIGA",
    memories: &[
        memory("SRAM0", 0x2400_0000, 512 * K),
        memory("SRAM1", 0x3000_0000, 256 * K),
        memory("DRAM", 0x6000_0000, 8 * M),
    ],
    heap: &[part("SRAM1", 0, 256 * K), part("DRAM", 1536 * K, 2560 * K)],
    pools: &[
        pool("dram", part("DRAM", 4 * M, 4 * M), BULK, TWO_CORES),
        pool("sram0", part("SRAM0", 72 * K, 440 * K), FAST_DTCM, TWO_CORES),
    ],
    stream: part("DRAM", 0, M),
    line: LINE,
};

/// STM32H747 without external memory: Cortex-M7 and Cortex-M4.
///
/// Layout: DTCM from the end, with the stack (32 KiB) behind the heap. SRAM4 from the start, after
/// the second core's first instructions (1 KiB), and SRAM1 from the start. In SRAM0 the stream
/// buffer is at the start and the pool at the end, as buffers of drivers lie between them.
///
/// Reach (manual RM0399): the pool lies in the AXI SRAM of domain 1, where the DMA controllers of
/// domains 1 and 2 get to, and the Cortex-M4 from domain 2 as well.
pub const NICLA_VISION: Board = Board {
    name: "arduino-nicla-vision",
    title: "ARDUINO_NICLA_VISION",
    memories: &[
        memory("DTCM", 0x2000_0000, 128 * K),
        memory("SRAM0", 0x2400_0000, 512 * K),
        memory("SRAM1", 0x3000_0000, 276 * K),
        memory("SRAM4", 0x3800_0000, 64 * K),
    ],
    heap: &[part("DTCM", 66 * K, 30 * K), part("SRAM4", K, 63 * K), part("SRAM1", 0, 276 * K)],
    pools: &[pool("sram0", part("SRAM0", 36 * K, 476 * K), BULK, TWO_CORES)],
    stream: part("SRAM0", 0, 32 * K),
    line: LINE,
};

/// nRF52840: Cortex-M4.
///
/// Layout: from the end: variables, the heap, the stack (8 KiB), the stream buffer, the pool;
/// buffers of drivers between the last two are short. The chip's first 16 KiB belong to the
/// Bluetooth software.
///
/// Reach (product specification of the nRF52840): the DMA of each peripheral gets to all RAM.
pub const NANO_33_BLE_SENSE: Board = Board {
    name: "arduino-nano-33-ble-sense",
    title: "ARDUINO_NANO_33_BLE_SENSE",
    memories: &[memory("SRAM", 0x2000_4000, 240 * K)],
    heap: &[part("SRAM", 8 * K, 64 * K)],
    pools: &[pool("sram", part("SRAM", 96 * K, 144 * K), BULK, CPU_DMA)],
    stream: part("SRAM", 80 * K, 16 * K),
    line: LINE,
};

/// RP2040: two Cortex-M0+.
///
/// Layout: from the end in the order of the other ports, with a stack of 16 KiB between heap and
/// stream buffer; the linker script of this port does not place the pool that the configuration
/// asks for.
///
/// Reach (data sheet of the RP2040): all banks of the SRAM are slaves of one crossbar, whose
/// masters are both cores and the DMA controller.
pub const NANO_RP2040_CONNECT: Board = Board {
    name: "arduino-nano-rp2040-connect",
    title: "ARDUINO_NANO_RP2040_CONNECT",
    memories: &[memory("RAM", 0x2000_0000, 256 * K)],
    heap: &[part("RAM", 44 * K, 60 * K)],
    pools: &[pool("ram", part("RAM", 140 * K, 116 * K), BULK, TWO_CORES)],
    stream: part("RAM", 120 * K, 20 * K),
    line: LINE,
};
