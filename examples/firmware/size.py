"""Prints the sizes of a firmware's sections: size.py ELF"""

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
    with open(sys.argv[1], "rb") as file:
        elf = file.read()
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
