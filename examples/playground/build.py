#!/usr/bin/env python3
"""Builds the page: python3 examples/playground/build.py

One file that needs no server and no network: target/playground/index.html. It holds the interpreter as compressed
WebAssembly, and a content policy that allows just the one script and the one style sheet that it holds."""

import base64
import gzip
import hashlib
import os
import re
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = "wasm32-unknown-unknown"


def main():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    settings = ('opt-level="s"', "debug=0", "strip=true")
    command = ["cargo", "build", "--release", "-p", "playground", "--lib", "--target", TARGET]
    for setting in settings:
        command += ["--config", f"profile.release.{setting}"]
    # where the toolchain has the target's library, or can get it
    if subprocess.run(["rustup", "-q", "target", "add", TARGET], capture_output=True).returncode:
        print("rustup has no library for the target; the compiler may have one")
    subprocess.run(command, cwd=ROOT, check=True)
    binary = (target / TARGET / "release" / "playground.wasm").read_bytes()
    packed = gzip.compress(binary, 9, mtime=0)

    page = {name: (HERE / "page" / name).read_text() for name in ("index.html", "style.css", "main.js")}

    def source(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src 'wasm-unsafe-eval' " + source(page["main.js"]),
            "style-src " + source(page["style.css"]),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    parts = {
        "POLICY": policy,
        "STYLE": page["style.css"],
        "SCRIPT": page["main.js"],
        "WASM": base64.b64encode(packed).decode(),
    }
    html = re.sub("|".join(parts), lambda found: parts[found.group()], page["index.html"])
    output = target / "playground" / "index.html"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(html)
    print(f"WebAssembly: {len(binary):,} bytes, {len(packed):,} compressed; the page: {len(html):,}")
    print(output)


if __name__ == "__main__":
    main()
