#!/usr/bin/env bash
# Builds the image and runs it in QEMU: run.sh [CARGO OPTIONS]
# The output of script and tasks goes to stdout, the sizes of the image to stderr.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")"
. ../../.ci/toolchain.sh
command -v qemu-system-arm > /dev/null || install_packages qemu-system-arm

target=thumbv7em-none-eabihf
CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER="$(find_lld)"
export CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER
use_target "$target" core,alloc
cargo build -q --release --target "$target" "${STD_ARGS[@]}" "$@" >&2
elf="${CARGO_TARGET_DIR:-target}/$target/release/embassy"
status=0
# one instruction is one nanosecond of the emulated time
timeout 300 qemu-system-arm -machine mps2-an500 -nographic -semihosting -icount shift=0,align=off,sleep=off \
    -kernel "$elf" < /dev/null || status=$?
python3 ../firmware/size.py "$elf" >&2
exit "$status"
