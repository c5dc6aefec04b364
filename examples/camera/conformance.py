#!/usr/bin/env python3
"""Counts the scripts of an OpenMV checkout that run: conformance.py CHECKOUT [--verbose] [--only TEXT]

An example that imports `csi` runs if it ends by itself, or has taken at least three frames up to a number of
frames, without an exception. A unit test passes if it gives true, and leaks if it leaves blocks in the pools. Nothing
of the checkout is copied.
"""

import argparse
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FRAMES = 30
SECONDS = 20

# Runs a unit test as OpenMV's runner does.
UNIT_TEST = """
import gc, umalloc
before = umalloc.stats()[0]
with open({path!r}) as file:
    source = file.read()
names = {{}}
exec(source, names)
passed = names["unittest"]({data!r}, {temp!r})
names = source = file = None
umalloc.collect()
print("passed" if passed else "failed", "leaked" if umalloc.stats()[0] > before else "clean")
"""


def program():
    command = ["cargo", "build", "--release", "-q", "-p", "camera", "--message-format=json"]
    built = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True)
    found = re.findall(r'"executable":"([^"]+/camera)"', built.stdout)
    return found[-1]


def run(command):
    # scripts write files where they are run
    with tempfile.TemporaryDirectory() as folder:
        try:
            return subprocess.run(
                command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            return None


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def example(camera, path):
    """Whether an example runs, and why not."""
    done = run([camera, "--script", path, "--frames", str(FRAMES), "--virtual-time"])
    if done is None:
        return False, "it takes too long"
    frames = re.search(r"^frames (\d+)", done.stderr, re.M)
    if done.returncode != 0:
        return False, last_line(done.stderr)
    if frames is None:
        return False, "it tells no frames"
    return True, frames[1]


def unit_test(camera, path, data):
    with tempfile.TemporaryDirectory() as temp:
        script = pathlib.Path(temp) / "unit_test.py"
        script.write_text(UNIT_TEST.format(path=str(path), data=str(data), temp=temp))
        done = run([camera, "--script", script, "--virtual-time"])
    if done is None:
        return False, False, "it takes too long"
    answer = last_line(done.stdout).split()
    if len(answer) != 2:
        return False, False, last_line(done.stderr)
    return answer[0] == "passed", answer[1] == "leaked", " ".join(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.checkout = options.checkout.resolve()
    scripts = options.checkout / "scripts"
    if not scripts.is_dir():
        sys.exit(f"{scripts} is no folder")
    camera = program()
    uses = re.compile(r"^\s*(import csi|from csi)", re.M)
    examples = [p for p in sorted((scripts / "examples").rglob("*.py")) if uses.search(p.read_text())]
    tests = sorted((scripts / "unittest" / "tests").glob("*.py"))
    reasons = collections.Counter()
    good, passed, leaks = 0, 0, 0
    folders = collections.Counter()
    for path in examples:
        if options.only not in str(path):
            continue
        runs, why = example(camera, path)
        good += runs
        folder = path.relative_to(scripts / "examples").parts[0]
        folders[folder, runs] += 1
        if not runs:
            reasons[why] += 1
        if options.verbose:
            print("runs" if runs else "fails", path.relative_to(scripts), why)
    for path in tests:
        if options.only not in str(path):
            continue
        passes, leaked, why = unit_test(camera, path, scripts / "unittest" / "data")
        passed += passes and not leaked
        leaks += leaked
        if options.verbose:
            print("passes" if passes else "fails", path.name, why)
    for folder in sorted({folder for folder, _ in folders}):
        print(f"{folder}: {folders[folder, True]} of {folders[folder, True] + folders[folder, False]}")
    for reason, count in reasons.most_common(40):
        print(f"{count:4} {reason}")
    print(f"examples {good} of {len(examples)}, unit tests {passed} of {len(tests)}, leaked {leaks}")


if __name__ == "__main__":
    main()
