//! Boards of OpenMV.
use super::{BULK, Board, CPU_DMA, FAST_DTCM, K, LINE, M, memory, part, pool};
use crate::{Attributes, Reach};

/// STM32N657: Cortex-M55 with a neural and a graphics processor.
///
/// Layout: SRAM1 from the end, as the firmware's variables, a heap of the C library (128 KiB), the
/// stack (64 KiB) and buffers of drivers come first; all others from the start.
///
/// Reach (manual RM0486): DMA, GPU and NPU are masters of the AXI interconnect, which leads to the
/// internal AXI SRAMs and to external memory. The NPU gets to external memory through a cache of
/// its own, and the firmware's models must even lie there. DRAM and SRAM1 hold the images that
/// the GPU draws into. The data TCM is the processor's; nothing in the firmware shows that a DMA
/// controller gets there too, so the table does not promise it.
pub const OPENMV_N6: Board = Board {
    name: "openmv-n6",
    title: "OPENMV_N6",
    memories: &[
        memory("DTCM", 0x3000_0000, 128 * K),
        memory("SRAM1", 0x3400_0000, M),
        memory("SRAM2", 0x3410_0000, M),
        memory("SRAM3", 0x3420_0000, 1792 * K),
        memory("DRAM", 0x9000_0000, 64 * M),
    ],
    heap: &[part("SRAM2", 0, M), part("DRAM", M, 24 * M)],
    pools: &[
        pool("dram", part("DRAM", 25 * M, 31 * M), BULK, N6_SHARED),
        pool("sram1", part("SRAM1", 434 * K, 590 * K), FAST_DTCM, N6_SHARED),
        pool("dtcm", part("DTCM", 0, 128 * K), Attributes::DTCM, Reach::CPU),
        // The NPU's own SRAMs 3 to 6 are one run of addresses. It needs all of them for each
        // inference, hence the loan.
        pool(
            "npu",
            part("SRAM3", 0, 1792 * K),
            FAST_DTCM.union(Attributes::TRANSIENT),
            CPU_DMA.union(Reach::NPU),
        ),
    ],
    stream: part("DRAM", 0, M),
    line: LINE,
};

/// Masters of the memories in which images lie on the N6.
const N6_SHARED: Reach = CPU_DMA.union(Reach::NPU).union(Reach::GPU);

/// Alif E7, the high-performance Cortex-M55 with its neural processor and the graphics processor.
///
/// Layout: SRAM1 from the end after buffers that peripherals need outside of the TCM; DTCM from
/// the end after variables, a heap of the C library (128 KiB) and buffers of drivers; SRAM0 and
/// SRAM6 from the start.
///
/// Reach (hardware manual of the Ensemble E7): SRAM1 is on the main interconnect, for all masters
/// and both processors. The data TCM also has a global address, which the firmware gives to the
/// camera interface, to DMA, NPU and GPU. The firmware never gives it to the other core, so the
/// table does not promise that. By default USB, Ethernet and SD cards have no rights to the TCM.
pub const OPENMV_AE3_HP: Board = Board {
    name: "openmv-ae3-hp",
    title: "OPENMV_AE3_HP",
    memories: &[
        memory("SRAM0", 0x0200_0000, 4 * M),
        memory("SRAM1", 0x0800_0000, 2560 * K),
        memory("DTCM", 0x2000_0000, M),
        memory("SRAM6_A", 0x6200_0000, M),
    ],
    heap: &[part("SRAM0", 0, 4 * M)],
    pools: &[
        pool(
            "sram1",
            part("SRAM1", 48 * K, 2512 * K),
            BULK,
            CPU_DMA.union(Reach::NPU).union(Reach::GPU).union(Reach::CORE1),
        ),
        pool(
            "dtcm",
            part("DTCM", 512 * K, 512 * K),
            Attributes::DTCM,
            CPU_DMA.union(Reach::NPU).union(Reach::GPU),
        ),
    ],
    stream: part("SRAM6_A", 0, M),
    line: LINE,
};

/// Alif E7, the high-efficiency Cortex-M55 with its neural processor.
///
/// Layout: SRAM6_B from the end after buffers that peripherals need outside of the TCM; SRAM8
/// from the start.
///
/// Reach (hardware manual of the Ensemble E7): SRAM6 is on the main interconnect, so the other
/// core gets there as well. The firmware gives the graphics processor to that other core.
pub const OPENMV_AE3_HE: Board = Board {
    name: "openmv-ae3-he",
    title: "OPENMV_AE3_HE",
    memories: &[memory("SRAM6_B", 0x6240_0000, M), memory("SRAM8", 0x6320_0000, 2 * M)],
    heap: &[part("SRAM8", 0, 2 * M)],
    pools: &[pool(
        "sram6",
        part("SRAM6_B", 512 * K, 512 * K),
        BULK,
        CPU_DMA.union(Reach::NPU).union(Reach::CORE1),
    )],
    stream: part("SRAM6_B", 12 * K, 500 * K),
    line: LINE,
};

/// i.MX RT1062: Cortex-M7.
///
/// Layout: DTCM from the end after variables and buffers of drivers, all others from the start.
/// OCRM1 is the chip's on-chip RAM, OCRM2 is on-chip RAM that was taken from the TCM's banks.
///
/// Reach (manual IMXRT1060RM): SDRAM and on-chip RAM are slaves of the interconnect for all
/// masters. So is the TCM by way of the processor's slave port; the firmware has its DMA buffers
/// there.
pub const OPENMV_RT1060: Board = Board {
    name: "openmv-rt1060",
    title: "OPENMV_RT1060",
    memories: &[
        memory("DTCM", 0x2000_0000, 384 * K),
        memory("OCRM1", 0x2020_0000, 512 * K),
        memory("OCRM2", 0x2028_0000, 64 * K),
        memory("DRAM", 0x8000_0000, 32 * M),
    ],
    heap: &[part("OCRM2", 0, 64 * K), part("DTCM", 116 * K, 204 * K), part("DRAM", M, 8 * M)],
    pools: &[
        pool("dram", part("DRAM", 9 * M, 23 * M), BULK, CPU_DMA),
        pool("ocram", part("OCRM1", 0, 512 * K), FAST_DTCM, CPU_DMA),
        pool("dtcm", part("DTCM", 320 * K, 64 * K), Attributes::DTCM, CPU_DMA),
    ],
    stream: part("DRAM", 0, M),
    line: LINE,
};

/// STM32H743 with 32 MiB of SDRAM: Cortex-M7.
///
/// Layout: SRAM0 from the end after buffers of drivers; SRAM1 from the end after variables; DRAM
/// from the start.
///
/// Reach (manual RM0433): the fast pool lies in the AXI SRAM of domain 1 and not in the data TCM,
/// so all DMA controllers but the one of domain 3 get there, as they do to the SDRAM.
pub const OPENMV4P: Board = Board {
    name: "openmv4p",
    title: "OPENMV4P",
    memories: &[
        memory("SRAM0", 0x2400_0000, 512 * K),
        memory("SRAM1", 0x3000_0000, 256 * K),
        memory("DRAM", 0xC000_0000, 32 * M),
    ],
    heap: &[part("SRAM1", 24 * K, 232 * K), part("DRAM", M, 4 * M)],
    pools: &[
        pool("dram", part("DRAM", 5 * M, 27 * M), BULK, CPU_DMA),
        pool("sram0", part("SRAM0", 16 * K, 496 * K), FAST_DTCM, CPU_DMA),
    ],
    stream: part("DRAM", 0, M),
    line: LINE,
};

/// STM32H743 with 64 MiB of SDRAM: Cortex-M7.
///
/// Layout: SRAM0 from the end after buffers of drivers; SRAM1 from the end after variables; DRAM
/// from the start.
///
/// Reach (manual RM0433): the fast pool lies in the AXI SRAM of domain 1 and not in the data TCM,
/// so all DMA controllers but the one of domain 3 get there, as they do to the SDRAM.
pub const OPENMVPT: Board = Board {
    name: "openmvpt",
    title: "OPENMVPT",
    memories: &[
        memory("SRAM0", 0x2400_0000, 512 * K),
        memory("SRAM1", 0x3000_0000, 272 * K),
        memory("DRAM", 0xC000_0000, 64 * M),
    ],
    heap: &[part("SRAM1", 32 * K, 240 * K), part("DRAM", M, 8 * M)],
    pools: &[
        pool("dram", part("DRAM", 9 * M, 55 * M), BULK, CPU_DMA),
        pool("sram0", part("SRAM0", 16 * K, 496 * K), FAST_DTCM, CPU_DMA),
    ],
    stream: part("DRAM", 0, M),
    line: LINE,
};

/// STM32H743 without external memory: Cortex-M7.
///
/// Layout: SRAM1 from the end after variables; SRAM0 and SRAM4 from the start.
///
/// Reach (manual RM0433): the pool lies in the AXI SRAM of domain 1, which the DMA controllers of
/// domains 1 and 2 reach.
pub const OPENMV4: Board = Board {
    name: "openmv4",
    title: "OPENMV4",
    memories: &[
        memory("SRAM0", 0x2400_0000, 512 * K),
        memory("SRAM1", 0x3000_0000, 280 * K),
        memory("SRAM4", 0x3800_0000, 64 * K),
    ],
    heap: &[part("SRAM4", 0, 64 * K), part("SRAM1", 16 * K, 264 * K)],
    pools: &[pool("sram0", part("SRAM0", 32 * K, 480 * K), BULK, CPU_DMA)],
    stream: part("SRAM0", 0, 32 * K),
    line: LINE,
};

/// STM32F765: Cortex-M7.
///
/// Layout: DTCM from the end: variables, the heap, a line buffer (3 KiB), a buffer for USB (2 KiB),
/// the stream buffer, the cache of the file system (32 KiB); buffers of drivers that follow it are
/// short. SRAM1 from the start; it is SRAM1 and most of SRAM2 in the chip's manual.
///
/// Reach (manual RM0410): both SRAMs are slaves of the bus matrix for all DMA controllers.
pub const OPENMV3: Board = Board {
    name: "openmv3",
    title: "OPENMV3",
    memories: &[memory("DTCM", 0x2000_0000, 128 * K), memory("SRAM1", 0x2002_0000, 384 * K)],
    heap: &[part("DTCM", 19 * K, 50 * K)],
    pools: &[pool("sram1", part("SRAM1", 0, 383 * K), BULK, CPU_DMA)],
    stream: part("DTCM", 74 * K, 22 * K),
    line: LINE,
};

/// STM32F427: Cortex-M4.
///
/// Layout: DTCM from the end, with the stack (8 KiB) behind the heap. SRAM1 and SRAM2 from the
/// start; a line buffer (2 KiB) and a buffer for USB (2 KiB) come before the stream buffer. What
/// the firmware calls DTCM is the core-coupled memory of the chip.
///
/// Reach (manual RM0090): SRAM1 is a slave of the bus matrix for both DMA controllers; the
/// core-coupled memory, which has no pool, is not.
pub const OPENMV2: Board = Board {
    name: "openmv2",
    title: "OPENMV2",
    memories: &[
        memory("DTCM", 0x1000_0000, 64 * K),
        memory("SRAM1", 0x2000_0000, 160 * K),
        memory("SRAM2", 0x2002_8000, 32 * K),
    ],
    heap: &[part("DTCM", 12 * K, 44 * K)],
    pools: &[pool("sram1", part("SRAM1", 0, 160 * K), BULK, CPU_DMA)],
    stream: part("SRAM2", 4 * K, 8 * K),
    line: LINE,
};
