"""Prints the sizes of a firmware's sections: size.py ELF

size.py --text ELF prints the bytes of the section .text alone.
"""

import struct
import sys


def sections(elf):
    """Yields name, flags and size of each section of a little-endian 32-bit ELF file."""
    (offset,) = struct.unpack_from("<I", elf, 0x20)
    size, count, names = struct.unpack_from("<HHH", elf, 0x2E)
    headers = [struct.unpack_from("<10I", elf, offset + i * size) for i in range(count)]
    text = headers[names][4]
    for name, kind, flags, _, _, length, *_ in headers:
        start = text + name
        yield elf[start : elf.index(b"\0", start)].decode(), kind, flags, length


def main():
    *options, path = sys.argv[1:]
    with open(path, "rb") as file:
        elf = file.read()
    if options == ["--text"]:
        print(sum(length for name, _, _, length in sections(elf) if name == ".text"))
        return
    NOBITS, WRITE, ALLOC = 8, 1, 2
    text = data = bss = 0
    for _, kind, flags, length in sections(elf):
        if flags & ALLOC:
            if kind == NOBITS:
                bss += length
            elif flags & WRITE:
                data += length
            else:
                text += length
    print(f"flash: text {text:,} + data {data:,} bytes; RAM: data {data:,} + bss {bss:,} bytes")


main()
