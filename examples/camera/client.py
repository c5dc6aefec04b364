#!/usr/bin/env python3
"""Has OpenMV's own client, unmodified from PyPI, talk to the camera of this example.

    python3 examples/camera/client.py [--qemu | --port PATH] [--reconnects N] [--frames N] [--raw N]

Starts `camera --pty`, or the firmware in QEMU, unless a port is named, and does what a tool does: sends a script, reads what it prints, and
takes frames. Raw ones are compared pixel by pixel with the pattern that the sensor of software shows, and JPEG
pictures must come near to it. Then it does so over a line that loses a twentieth of all packets, and connects anew many
times. The last line is `client ok`.
"""

import argparse
import functools
import os
import subprocess
import sys
import time

NEEDED = ("openmv", "serial", "numpy", "PIL")
INSTALL = """\
This needs Python 3.12 or newer, and OpenMV's client with what it uses:

    python3 -m pip install --no-deps openmv==1.0.7 pyserial numpy Pillow

(With --target FOLDER, and PYTHONPATH=FOLDER when this runs, nothing else is touched.)"""

# what a script prints is cut into packets at whole characters
SCRIPT = """
import csi
import time

cam = csi.CSI()
cam.reset()
cam.pixformat(csi.%s)
cam.framesize(csi.%s)
print("grüße: %%d x %%d" %% (cam.width(), cam.height()))
clock = time.clock()
n = 0
while True:
    clock.tick()
    img = cam.snapshot()
    n += 1
    if n %% 50 == 0:
        print("%%d frames" %% n)
"""

# more than a packet of them
LONG = "# padding, so that the script takes several packets\n" * 110


def missing():
    """Says what to install."""
    print(INSTALL)
    sys.exit(2)


if sys.version_info < (3, 12):
    missing()
try:
    for name in NEEDED:
        __import__(name)
except ImportError:
    missing()

import numpy
import openmv
from openmv.exceptions import OMVException


def start():
    """The camera and the name of its line."""
    here = os.path.dirname(os.path.abspath(__file__))
    command = ["cargo", "run", "--release", "-q", "-p", "camera", "--", "--pty"]
    camera = subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, text=True)
    port = camera.stdout.readline().strip()
    if not port:
        sys.exit("the camera has not started")
    return camera, port


def start_qemu():
    """The firmware in QEMU, and the name of its line."""
    here = os.path.dirname(os.path.abspath(__file__))
    build = [os.path.join(here, "../firmware/build.sh"), "--heap", "300000", "--features", "camera"]
    elf = subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    elf = os.path.join(here, "../firmware", elf)
    command = ["qemu-system-arm", "-machine", "mps2-an500", "-display", "none", "-monitor", "none"]
    # without `-icount`, so that the emulated time is that of the client
    command += ["-semihosting", "-serial", "pty", "-kernel", elf]
    camera = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    # char device redirected to /dev/pts/1 (label serial0)
    words = camera.stdout.readline().split()
    port = [word for word in words if word.startswith("/dev/")]
    if not port:
        sys.exit("QEMU has not started")
    return camera, port[0]


def check(condition, text):
    if not condition:
        sys.exit("FAIL: " + text)


def printed(camera, wanted, seconds=60.0):
    """What the script prints, until there is a certain text."""
    text, end = "", time.monotonic() + seconds
    while wanted not in text and time.monotonic() < end:
        text += camera.read_stdout() or ""
    check(wanted in text, "%r is not in %r" % (wanted, text))
    return text


def frames(camera, count, seconds=240.0):
    """Frames, one after the other."""
    end = time.monotonic() + seconds
    while count and time.monotonic() < end:
        frame = camera.read_frame()
        if frame:
            count -= 1
            yield frame
    check(count == 0, "%d frames are missing" % count)


def grey_frame(width, height, offset):
    """What the sensor shows in grey, in OpenMV's words: squares that move."""
    y, x = numpy.mgrid[:height, :width]
    return (((x + offset) // 16 + y // 16) % 2 * 255).astype(numpy.uint8)


def color_frame(width, height, offset):
    """What it shows in colours: gradients, as 16 bits a pixel, in the eight bits that the client makes of them."""
    y, x = numpy.mgrid[:height, :width]
    column = (x + offset) % width
    r = column * 31 // (width - 1)
    g = y * 63 // (height - 1)
    b = (column ^ y) * 31 // (width + height - 2)
    channels = [(c * 255.0 / most).astype(numpy.uint8) for c, most in ((r, 31), (g, 63), (b, 31))]
    return numpy.stack(channels, axis=-1)


GREY, COLOR, JPEG = 0x08020001, 0x0C030002, 0x06060000
# how far a picture may be from what it shows, on average over all pixels, of 255
NEAR = {"GRAYSCALE": 2.0, "RGB565": 4.0}


@functools.lru_cache(None)
def pattern(kind, offset):
    """What the sensor shows at QVGA, in the channels that the client gives."""
    if kind == "RGB565":
        return color_frame(320, 240, offset)
    grey = grey_frame(320, 240, offset)
    return numpy.stack((grey, grey, grey), axis=-1)


def distance(kind, pixels):
    """How far a picture is from the nearest of those that the sensor shows."""

    def mean(offset, step):
        apart = pattern(kind, offset)[::step, ::step].astype(int) - pixels[::step, ::step]
        return abs(apart).mean()

    # a step that no period of the pattern is a multiple of
    offsets = range(320 if kind == "RGB565" else 32)
    return mean(min(offsets, key=lambda offset: mean(offset, 7)), 1)


def compare(camera, kind, counts):
    """Takes frames as JPEG and raw, each of which must be one of those that the sensor shows."""
    for raw, count in zip((False, True), counts):
        camera.streaming(True, raw=raw, resolution=(512, 512))
        for frame in frames(camera, 2):  # those that were begun before
            pass
        began, size, worst = time.monotonic(), 0, 0.0
        for frame in frames(camera, count):
            expected = JPEG if not raw else COLOR if kind == "RGB565" else GREY
            check(frame["format"] == expected, "the format is %#x" % frame["format"])
            pixels = numpy.frombuffer(frame["data"], numpy.uint8).reshape(240, 320, 3)
            worst = max(worst, distance(kind, pixels))
            size += frame["raw_size"]
        took = time.monotonic() - began
        name = "raw" if raw else "JPEG"
        figures = (count, kind, name, size // max(count, 1), took, worst)
        print("%d frames in %s, %s, of %d bytes in %.2f s, at most %.2f apart" % figures, flush=True)
        check(worst <= (0.0 if raw else NEAR[kind]), "a frame is not the pattern")


def session(port, counts, timeout):
    """All that a tool does, over a line that loses nothing."""
    with openmv.Camera(port, timeout=timeout) as camera:
        check(camera.system_info()["stream_buffer_size_kb"] > 0, "there is no preview")
        camera.stop()
        camera.exec(SCRIPT % ("GRAYSCALE", "QVGA") + LONG)
        printed(camera, "grüße: 320 x 240\n")
        check(camera.read_status()["stdin"], "the script runs, and the camera says that it does not")

        compare(camera, "GRAYSCALE", counts)
        printed(camera, "0 frames\n")
        camera.streaming(True, raw=True, resolution=(160, 160))
        for frame in frames(camera, 3):
            pass
        check((frame["width"], frame["height"]) == (160, 120), "the window is not kept to")

        camera.stop()
        camera.exec(SCRIPT % ("RGB565", "QVGA"))
        printed(camera, "grüße: 320 x 240\n")
        compare(camera, "RGB565", counts)

        camera.exec("1 / 0\n")
        printed(camera, "ZeroDivisionError")
        for _ in range(100):
            if not camera.read_status()["stdin"]:
                break
            time.sleep(0.01)
        check(not camera.read_status()["stdin"], "the script has ended, and seems to run")
        host, device = camera.host_stats(), camera.device_stats()
        check(host["checksum"] == host["sequence"] == 0, "the client saw errors: %s" % host)
        check(device["checksum"] == device["sequence"] == 0, "the camera saw errors: %s" % device)
        print("packets: %d sent, %d received" % (device["sent"], device["received"]))


def lossy(port, reconnects):
    """Connects anew many times over a line that loses packets."""
    taken = failures = 0
    for _ in range(reconnects):
        try:
            with openmv.Camera(port, timeout=0.9, drop_rate=0.05) as camera:
                camera.exec(SCRIPT % ("GRAYSCALE", "QQVGA"))
                camera.streaming(True, raw=True, resolution=(512, 512))
                end = time.monotonic() + 5
                while time.monotonic() < end:
                    frame = camera.read_frame()
                    if frame:
                        taken += 1
                        break
                camera.stop()
        except OMVException as error:
            # the client gives up after it has begun again once
            failures += 1
            print("gave up:", error)
    print("%d connections over a bad line: %d frames, %d given up" % (reconnects, taken, failures))
    check(taken >= reconnects * 9 // 10, "too few frames arrived")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", help="the line of a camera that runs already")
    parser.add_argument("--qemu", action="store_true", help="the firmware, in QEMU")
    parser.add_argument("--frames", type=int, default=100, help="frames as JPEG")
    parser.add_argument("--raw", type=int, help="raw frames; as many, but few in QEMU")
    parser.add_argument("--reconnects", type=int, default=50)
    args = parser.parse_args()
    if args.port:
        camera, port = None, args.port
    else:
        camera, port = start_qemu() if args.qemu else start()
    # an emulated serial line passes few bytes in a second
    timeout = 10.0 if args.qemu else 1.0
    counts = (args.frames, args.raw or (5 if args.qemu else args.frames))
    try:
        session(port, counts, timeout)
        if args.reconnects:
            lossy(port, args.reconnects)
            # a line that was bad leaves nothing behind
            session(port, counts, timeout)
    finally:
        if camera:
            camera.kill()
            camera.wait()
    print("client ok")


if __name__ == "__main__":
    main()
