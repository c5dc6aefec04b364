#!/usr/bin/env python3
"""Drives MicroPython's tools, unmodified, against the command line or a firmware, and prints a table.

    tools.py BIN [--firmware ELF] [--only TOOL]

BIN is served on a pseudo-terminal (`--serve-pty`), a firmware by the serial line of QEMU. Tools that are not
installed (`pip install mpremote adafruit-ampy rshell`) are left out, and said to be. The last line is `tools ok` if
everything that was tried went well.
"""

import argparse
import hashlib
import importlib.metadata
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE = 60
SCRIPT = 'import sys\nprint("ran", sys.implementation.name)\n'


class Failed(Exception):
    """A tool did not do what it should."""


def check(condition, text):
    if not condition:
        raise Failed(text)


class Board:
    """What tools connect to: a process with a pseudo-terminal."""

    def __init__(self, command, folder, has_files):
        self.has_files = has_files
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.port = None
        for line in self.process.stdout:
            found = re.search(r"/dev/\S+", line)
            if found:
                self.port = found[0]
                break
        check(self.port, "no pseudo-terminal was offered")
        os.set_blocking(self.process.stdout.fileno(), False)

    def end(self):
        self.process.kill()
        self.process.wait()


def module(name):
    """The command of a tool that is a Python package."""
    return [sys.executable, "-m", name]


def run(command, expected=None, code=0, folder=None):
    """Runs a tool; its exit code and output must be as expected, without regard to the ends of lines."""
    p = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, cwd=folder
    )
    output = p.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
    check(p.returncode == code, f"{command[3:]}: exit code {p.returncode}: {output[-300:]}")
    check(expected is None or expected in output, f"{command[3:]}: {output[-300:]!r}")
    return output


def type_into(command, keys):
    """Runs a tool on a terminal and types, each time when what comes before was shown; what was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    shown, end = b"", time.monotonic() + PATIENCE
    try:
        for awaited, typed in keys:
            seen = len(shown) if not shown else shown.rfind(b"\n") + 1
            while awaited not in shown[seen if awaited != b">>> " else 0 :]:
                check(time.monotonic() < end, f"{awaited!r} was not shown: {shown[-300:]!r}")
                if select.select([terminal], [], [], 0.1)[0]:
                    try:
                        shown += os.read(terminal, 4096)
                    except OSError:
                        raise Failed(f"it ended: {shown[-300:]!r}") from None
            os.write(terminal, typed)
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    shown += os.read(terminal, 4096)
                except OSError:
                    break
        _, status = os.waitpid(pid, 0)
        check(os.waitstatus_to_exitcode(status) == 0, f"the session ended with {status}: {shown[-300:]!r}")
    finally:
        os.close(terminal)
    return shown


def mpremote(board, folder):
    """Yields what was done with mpremote."""
    tool = module("mpremote") + ["connect", board.port]
    run(tool + ["exec", "print(1 + 2)"], "3\n")
    run(tool + ["exec", "raise ValueError('no')"], "ValueError: no\n", code=1)
    run(tool + ["exec", "print('x' * 30000)"], "x" * 30000)
    # longer than many windows of raw-paste mode
    long = "\n".join(f"x{i} = {i}" for i in range(2000 if board.has_files else 200))
    run(tool + ["exec", long + "\nprint(x7)"], "7\n")
    yield "exec"
    run(tool + ["eval", "2 ** 70"], "1180591620717411303424\n")
    yield "eval"
    script = os.path.join(folder, "script.py")
    with open(script, "w") as f:
        f.write(SCRIPT)
    run(tool + ["run", script], "ran micropython\n")
    yield "run"
    if board.has_files:
        run(tool + ["fs", "mkdir", "new"])
        run(tool + ["fs", "cp", script, ":new/a.py"])
        run(tool + ["fs", "ls", "new"], " a.py\n")
        run(tool + ["fs", "cat", ":new/a.py"], SCRIPT)
        digest = hashlib.sha256(SCRIPT.encode()).hexdigest()
        run(tool + ["fs", "sha256sum", ":new/a.py"], digest)
        back = os.path.join(folder, "back.py")
        run(tool + ["fs", "cp", ":new/a.py", back])
        with open(back) as f:
            check(f.read() == SCRIPT, "the file has changed on its way")
        run(tool + ["fs", "rm", ":new/a.py"])
        run(tool + ["fs", "rmdir", "new"])
        check("new" not in run(tool + ["fs", "ls"]), "the directory is still there")
        yield "fs mkdir, cp, ls, cat, sha256sum, rm, rmdir"
        run(tool + ["df"], "filesystem")
        yield "df"
    run(tool + ["exec", "kept = 1"])
    run(tool + ["resume", "exec", "print(kept)"], "1\n")
    run(tool + ["soft-reset"])
    run(tool + ["resume", "exec", "print('kept' in globals())"], "False\n")
    run(tool + ["exec", "import sys; sys.exit()"])
    yield "soft-reset"
    shown = type_into(tool + ["repl"], [(b"Connected", b"\r"), (b">>> ", b"6 * 7\r"), (b"42", b"\x1d")])
    check(b"42" in shown, f"{shown!r}")
    yield "repl"


def disturbed(board, folder):
    """Yields what was done with a line whose tool goes away in the middle."""
    import serial

    line = serial.Serial(board.port, timeout=2)
    line.write(b"\r\x03\x03\x01\x05A\x01print(1")
    line.read_until(b"R\x01\x80\x00\x01")
    line.close()
    tool = module("mpremote") + ["connect", board.port]
    run(tool + ["exec", "print(3)"], "3\n")
    yield "lost in the middle of raw-paste mode"
    line = serial.Serial(board.port, timeout=2)
    line.write(b"\r\x03\x03\x02while True: pass\r\r")
    time.sleep(0.3)
    line.close()
    run(tool + ["exec", "print(4)"], "4\n")
    yield "lost while a program runs"


def ampy(board, folder):
    """Yields what was done with ampy, which uses the raw mode without flow control."""
    tool = module("ampy.cli") + ["--port", board.port, "--delay", "0"]
    script = os.path.join(folder, "script.py")
    with open(script, "w") as f:
        f.write(SCRIPT)
    run(tool + ["run", script], "ran micropython\n")
    yield "run"
    if board.has_files:
        here = os.path.realpath(os.path.join(folder, "served"))
        run(tool + ["mkdir", here + "/new"])
        run(tool + ["put", script, here + "/new/a.py"])
        run(tool + ["ls", here + "/new"], "a.py\n")
        run(tool + ["get", here + "/new/a.py"], SCRIPT)
        run(tool + ["rm", here + "/new/a.py"])
        run(tool + ["rmdir", here + "/new"])
        yield "mkdir, put, ls, get, rm, rmdir"


def rshell(board, folder):
    """Yields what was done with rshell."""
    if not board.has_files:
        return
    tool = module("rshell.main") + ["--quiet", "-p", board.port]
    script = os.path.join(folder, "script.py")
    with open(script, "w") as f:
        f.write(SCRIPT)
    here = "/pyboard" + os.path.realpath(os.path.join(folder, "served"))
    run(tool + ["cp", script, here + "/a.py"])
    run(tool + ["ls", here], "a.py")
    run(tool + ["cat", here + "/a.py"], 'print("ran"')
    run(tool + ["rm", here + "/a.py"])
    check(not os.path.exists(os.path.join(folder, "served", "a.py")), "the file is still there")
    yield "cp, ls, cat, rm"


TOOLS = {
    "mpremote": ("mpremote", mpremote),
    "a line that is cut": ("pyserial", disturbed),
    "ampy": ("adafruit-ampy", ampy),
    "rshell": ("rshell", rshell),
}


def main():
    cmd = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cmd.add_argument("binary", help="the command line")
    cmd.add_argument("--firmware", help="a firmware for QEMU's mps2-an500 as well")
    cmd.add_argument("--only", choices=TOOLS, help="one tool")
    options = cmd.parse_args()
    boards = [("command line", [os.path.realpath(options.binary), "--serve-pty"], True)]
    if options.firmware:
        qemu = ["qemu-system-arm", "-machine", "mps2-an500", "-display", "none", "-monitor", "none"]
        qemu += ["-semihosting", "-serial", "pty", "-kernel", os.path.realpath(options.firmware)]
        boards.append(("firmware", qemu, False))
    good = True
    print("| tool | version | connected to | what was done | result |\n|---|---|---|---|---|")
    for board_name, command, has_files in boards:
        for name, (package, work) in TOOLS.items():
            if options.only not in (None, name):
                continue
            try:
                version = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                print(f"| {name} | - | {board_name} | - | not installed |")
                continue
            folder, done, result, board = tempfile.mkdtemp(), [], "works", None
            try:
                os.mkdir(os.path.join(folder, "served"))
                board = Board(command, os.path.join(folder, "served"), has_files)
                done.extend(work(board, folder))
            except (Failed, subprocess.TimeoutExpired, ImportError) as error:
                good, result = False, f"fails: {error}"
            finally:
                if board:
                    board.end()
                shutil.rmtree(folder)
            if done or result != "works":
                print(f"| {name} | {version} | {board_name} | {'; '.join(done)} | {result} |", flush=True)
    print("tools ok" if good else "tools failed")
    sys.exit(not good)


main()
