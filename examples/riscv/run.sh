#!/usr/bin/env bash
# Builds the image with a script in it and runs it in QEMU: run.sh SCRIPT.py [CARGO OPTIONS]
# The script's output goes to stdout, the sizes of the image to stderr. A script that fails makes it fail.
set -euo pipefail
SNAKELET_SCRIPT="$(realpath "$1")"
export SNAKELET_SCRIPT
shift
cd "$(dirname "$(realpath "$0")")"
. ../../.ci/toolchain.sh
command -v qemu-system-riscv32 > /dev/null || install_packages qemu-system-misc

target=riscv32imac-unknown-none-elf
CARGO_TARGET_RISCV32IMAC_UNKNOWN_NONE_ELF_LINKER="$(find_lld)"
export CARGO_TARGET_RISCV32IMAC_UNKNOWN_NONE_ELF_LINKER
use_target "$target" core,alloc
cargo build -q --release --target "$target" "${STD_ARGS[@]}" "$@" >&2
elf="${CARGO_TARGET_DIR:-target}/$target/release/riscv"
status=0
timeout 300 qemu-system-riscv32 -machine virt -bios none -nographic -kernel "$elf" < /dev/null | tr -d '\r' || status=$?
python3 ../firmware/size.py "$elf" >&2
exit "$status"
