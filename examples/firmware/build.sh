#!/usr/bin/env bash
# Builds the firmware: build.sh [--script FILE.py|FILE.mpy] [--heap BYTES] [--small] [--frame-pointers] [CARGO OPTIONS]
# Without a script it offers the raw REPL on UART0. With --small the image has nothing that a feature can leave out,
# and runs the .mpy file given, which the cross compiler made. Prints the path of the ELF file.
#
# The compiler's target has a frame pointer in each function, which takes 4% of the flash and serves debuggers only.
# LLVM leaves it out of those functions that are named to it, so that it is built twice: for the names, and without.
# With --frame-pointers, or where the variable FRAME_POINTERS is "kept", it is built once, as the target has it.
set -euo pipefail
export SNAKELET_SCRIPT="" SNAKELET_HEAP="${SNAKELET_HEAP:-143360}"
profile=(--release) directory=release pointers="${FRAME_POINTERS:-}"
while [ $# -gt 0 ]; do
    case "$1" in
        --script) SNAKELET_SCRIPT="$(realpath "$2")"; shift 2 ;;
        --heap) SNAKELET_HEAP="$2"; shift 2 ;;
        --small)
            profile=(--profile small --no-default-features --features trusted) directory=small
            shift ;;
        --frame-pointers) pointers=kept; shift ;;
        *) break ;;
    esac
done
cd "$(dirname "$0")"
. ../../.ci/toolchain.sh

target=thumbv7em-none-eabihf
CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER="$(find_lld)"
export CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER
use_target "$target" core,alloc
output="${CARGO_TARGET_DIR:-target}"
# build TARGET_DIR [CARGO OPTIONS]; each crate tells of the names that it does not have
build() {
    cargo build "${profile[@]}" --target "$target" "${STD_ARGS[@]}" --target-dir "$@" 2>&1 \
        | sed "/^Function in CSV file at line/d" >&2
}
if [ -z "$pointers" ]; then
    build "$output/framed" "$@"
    names="$(python3 size.py --functions "$output/framed/$target/$directory/firmware")"
    # what is built with a list is not used with another one
    list="$(realpath "$output")/framed/$(cksum <<< "$names" | cut -d " " -f 1).csv"
    sed 's/$/,frame-pointer=none/' <<< "$names" > "$list"
    set -- --config "target.$target.rustflags=['-Cllvm-args=-forceattrs-csv-path=$list']" "$@"
fi
build "$output" "$@"
echo "$output/$target/$directory/firmware"
