#!/usr/bin/env python3
"""Makes or checks the expected output of the test scripts with CPython 3.11.

    verify_scripts.py            checks every .exp file
    verify_scripts.py --update   writes those that differ or are missing
    verify_scripts.py PATTERN    only scripts whose name contains PATTERN

A script whose first lines hold "# differs: REASON" prints something else in CPython; its .exp file
is written by hand and is only checked to exist.
"""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE / "scripts"
EXAMPLES = HERE.parents[2] / "examples" / "scripts"


def differs(path):
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[:8]
    return any(line.startswith("# differs:") for line in lines)


def output_of(path):
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [sys.executable, "-B", str(path)], cwd=scratch, capture_output=True, timeout=60
        )
    if done.returncode != 0:
        raise SystemExit("%s fails in CPython:\n%s" % (path, done.stderr.decode()))
    return done.stdout


def main():
    if sys.version_info[:2] != (3, 11):
        print("note: expected outputs are those of CPython 3.11, this is %d.%d" % sys.version_info[:2])
    arguments = sys.argv[1:]
    update = "--update" in arguments
    patterns = [a for a in arguments if not a.startswith("-")]
    bad = checked = 0
    for path in sorted(SCRIPTS.glob("*/*.py")) + sorted(EXAMPLES.glob("*.py")):
        name = path.relative_to(path.parents[1]).with_suffix("").as_posix()
        if patterns and not any(p in name for p in patterns):
            continue
        checked += 1
        expected = path.with_suffix(".exp")
        if differs(path):
            if not expected.exists():
                bad += 1
                print("%s: no expected output" % name)
            continue
        output = output_of(path)
        if expected.exists() and expected.read_bytes() == output:
            continue
        if update:
            expected.write_bytes(output)
            print("%s: written" % name)
        else:
            bad += 1
            print("%s: CPython prints something else" % name)
    print("%d scripts, %d wrong" % (checked, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
