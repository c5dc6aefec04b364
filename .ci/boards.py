"""Counts what Snakelet takes in the firmware of each board: boards.py

Fails if it is more than docs/boards.md promises: four lines of Cargo.toml, and thirteen of main.rs between the marks;
or if the guide shows other lines than the example for the RP2040 has.
"""

import pathlib
import re
import sys

CARGO, CODE = 4, 13
root = pathlib.Path(__file__).parents[1]
folder = root / "examples/boards"
guide = (root / "docs/boards.md").read_text()
right = True
for board in sorted(folder.iterdir()):
    manifest = (board / "Cargo.toml").read_text()
    # under each comment that says so, up to the next empty line
    cargo = [line for part in re.findall(r"^# Snakelet.*\n((?:.+\n)+)", manifest, re.M) for line in part.splitlines()]
    source = (board / "src/main.rs").read_text()
    (code,) = re.findall(r"^// Snakelet begins here\n(.*)^// Snakelet ends here\n", source, re.M | re.S)
    if board.name == "rp2040" and f"```rust,ignore\n{code}```\n" not in guide:
        print("docs/boards.md shows other lines than the example has")
        right = False
    code = [line for line in code.splitlines() if line.strip()]
    print(f"{board.name}: {len(cargo)} lines of Cargo.toml, {len(code)} of main.rs")
    right &= 0 < len(cargo) <= CARGO and 0 < len(code) <= CODE
sys.exit(not right)
