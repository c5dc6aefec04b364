#!/usr/bin/env bash
# Builds the firmware: build.sh [--script FILE.py|FILE.mpy] [--heap BYTES] [--small] [CARGO OPTIONS]
# Without a script it offers the raw REPL on UART0. With --small the image has nothing that a feature can leave out,
# and runs the .mpy file given, which the cross compiler made. Prints the path of the ELF file.
set -euo pipefail
export SNAKELET_SCRIPT="" SNAKELET_HEAP="${SNAKELET_HEAP:-143360}"
profile=(--release) directory=release
while [ $# -gt 0 ]; do
    case "$1" in
        --script) SNAKELET_SCRIPT="$(realpath "$2")"; shift 2 ;;
        --heap) SNAKELET_HEAP="$2"; shift 2 ;;
        --small)
            profile=(--profile small --no-default-features --features trusted) directory=small
            shift ;;
        *) break ;;
    esac
done
cd "$(dirname "$0")"
. ../../.ci/toolchain.sh

target=thumbv7em-none-eabihf
CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER="$(find_lld)"
export CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER
use_target "$target" core,alloc
cargo build "${profile[@]}" --target "$target" "${STD_ARGS[@]}" "$@" >&2
echo "${CARGO_TARGET_DIR:-target}/$target/$directory/firmware"
