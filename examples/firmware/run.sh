#!/usr/bin/env bash
# Builds the firmware and runs it in QEMU: run.sh [FILE.py|FILE.mpy] [CARGO OPTIONS]
# A script's output goes to stdout; then sizes, time and memory are printed to stderr. Without a
# script, the raw REPL is on the terminal (CTRL-A X ends QEMU), or with `--features pools-check` the
# camera's demonstration runs.
set -euo pipefail
here="$(dirname "$(realpath "$0")")"
. "$here/../../.ci/toolchain.sh"
command -v qemu-system-arm > /dev/null || install_packages qemu-system-arm

qemu=(qemu-system-arm -machine mps2-an500 -nographic -semihosting -icount shift=0,align=off,sleep=off)
if [ $# -eq 0 ] || [ "${1#-}" != "$1" ]; then
    elf="$("$here/build.sh" "$@")"
    [ "${elf#/}" = "$elf" ] && elf="$here/$elf"
    exec "${qemu[@]}" -kernel "$elf"
fi
elf="$("$here/build.sh" --script "$@")"
[ "${elf#/}" = "$elf" ] && elf="$here/$elf"
status=0
# one instruction is one nanosecond of the emulated time
"${qemu[@]}" -kernel "$elf" < /dev/null | tr -d '\r' || status=$?
python3 "$here/size.py" "$elf" >&2
exit "$status"
