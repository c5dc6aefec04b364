#!/usr/bin/env python3
"""Counts the instructions of the pool's operations, and of rlsf's, for the same requests.

Records requests with the program `pool_trace`, replays them on each allocator under callgrind, which
writes a profile for each operation, and prints a table. Allocations that are refused have rows
of their own.
"""

import argparse
import collections
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALLOCATORS = ("snakelet", "rlsf")
KINDS = ("allocate", "release", "refuse")
MOST_RATIO = 1.2
MOST_SPREAD = 3.0


def build():
    """Builds the program and returns its path."""
    command = ["cargo", "build", "--release", "--package", "benches", "--bin", "pool_trace"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return pathlib.Path(target) / "release" / "pool_trace"


def profile(program, allocator, operation, size, recording):
    """Replays a recording and returns the instructions of each call of an operation, with the output.

    Callgrind only takes one function to collect for, so each operation has a replay of its own.
    """
    function = f"*::{allocator}_{operation}"
    with tempfile.NamedTemporaryFile() as file:
        command = ["valgrind", "--tool=callgrind", "--combine-dumps=yes", "--dump-line=no"]
        command += [f"--callgrind-out-file={file.name}"]
        command += [f"--toggle-collect={function}", f"--dump-after={function}"]
        command += [program, "replay", allocator, str(size)]
        done = subprocess.run(command, input=recording, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        text = pathlib.Path(file.name).read_text()
    counts = map(int, re.findall(r"^summary: (\d+)", text, re.MULTILINE))
    return list(counts)[:-1], done.stdout  # the last profile is that of the program's end


def counts(program, allocator, size, recording):
    """Yields kind, instructions and step of each operation of a recording."""
    allocated, output = profile(program, allocator, "allocate", size, recording)
    released, _ = profile(program, allocator, "release", size, recording)
    allocated, released = iter(allocated), iter(released)
    refused = set(map(int, output.split()))
    for index, step in enumerate(recording.splitlines()):
        kind = step.split()[0]
        if index in refused:
            yield "refuse", next(allocated), step
            continue
        if kind != "release":
            yield "allocate", next(allocated), step
        if kind != "allocate":
            yield "release", next(released), step
    if next(allocated, None) or next(released, None):
        sys.exit(f"{allocator}: there are more profiles than operations")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=4000, help="steps of a recording")
    parser.add_argument("--seeds", type=int, default=2, help="recordings for each size of memory")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1 << 20], help="bytes")
    parser.add_argument("--slowest", type=int, default=0, help="list so many operations of each kind")
    parser.add_argument("--check", action="store_true", help="fail if a limit is exceeded")
    options = parser.parse_args()
    program = build()

    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for size in options.sizes:
        for seed in range(1, options.seeds + 1):
            command = [program, "record", str(size), str(options.steps), str(seed)]
            recording = subprocess.run(command, capture_output=True, check=True, text=True).stdout
            for allocator in ALLOCATORS:
                for kind, count, step in counts(program, allocator, size, recording):
                    found[allocator][kind].append((count, f"{step} of {size}"))

    print("| operation | allocator | calls | mean | median | maximum | maximum / median |")
    print("|---|---|---|---|---|---|---|")
    for kind in KINDS:
        for allocator in ALLOCATORS:
            values = [count for count, _ in found[allocator][kind]]
            mean, median, most = statistics.mean(values), statistics.median(values), max(values)
            row = f"{len(values)} | {mean:.1f} | {median:g} | {most} | {most / median:.2f}"
            print(f"| {kind} | {allocator} | {row} |")
    for allocator in ALLOCATORS:
        for kind in KINDS:
            for count, step in sorted(found[allocator][kind], reverse=True)[: options.slowest]:
                print(f"{allocator}: {count} instructions for {step}")

    def ratio(kinds):
        means = [statistics.mean(n for k in kinds for n, _ in found[a][k]) for a in ALLOCATORS]
        return means[0] / means[1]

    limits = {"snakelet / rlsf, all that is served": (ratio(KINDS[:2]), MOST_RATIO)}
    for kind in KINDS[:2]:
        values = [count for count, _ in found["snakelet"][kind]]
        limits[f"maximum / median of {kind}"] = (max(values) / statistics.median(values), MOST_SPREAD)
    failed = False
    for name, (value, most) in limits.items():
        print(f"{name}: {value:.2f} (at most {most})")
        failed |= value > most
    print(f"snakelet / rlsf with what is refused: {ratio(KINDS):.2f}")
    sys.exit(failed and options.check)


if __name__ == "__main__":
    main()
