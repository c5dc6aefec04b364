"""Prints the sizes of a firmware's sections: size.py ELF

size.py --text ELF prints the bytes of the section .text alone, size.py --parts ELF what each part of the
interpreter has of the flash, a line of the table in docs/size.md each. size.py --functions ELF prints the names of
all functions.
"""

import re
import struct
import sys
from collections import Counter

NAMES = "names: text and tables of interned strings"
SHARED = "core, alloc, closures, and what several functions share"
CONSTANTS = "constants: tables of types, functions and modules, messages, jump tables"
RAM = 0x20000000
# The first that a function's path begins with says which part it is of.
PARTS = [
    ("snakelet_vm::run::", "the loop and its slow ways"),
    ("snakelet_vm::types::str", "types: str, bytes"),
    ("snakelet_vm::types::bytes", "types: str, bytes"),
    ("snakelet_vm::types::", "types: the rest"),
    ("snakelet_vm::modules::", "modules"),
    ("snakelet_stdlib::", "modules"),
    ("snakelet_vm::builtins::", "built-in functions"),
    ("snakelet_vm::stream", "streams, files"),
    ("snakelet_vm::vfs", "streams, files"),
    ("snakelet_vm::import", "import, reading and verifying bytecode"),
    ("snakelet_bytecode::", "import, reading and verifying bytecode"),
    ("snakelet_vm::", "objects, attributes, calls, native functions, exceptions"),
    ("snakelet_gc::", "collector"),
    ("snakelet_num::", "numbers: big ints, floats from and to text, format specs"),
    ("snakelet_qstr::", NAMES),
    ("snakelet_compiler::", "compiler, with logos and bumpalo"),
    ("logos::", "compiler, with logos and bumpalo"),
    ("bumpalo::", "compiler, with logos and bumpalo"),
    ("libm::", "libm"),
    ("snakelet_camera::image::", "camera: images"),
    ("snakelet_camera::", "camera: `csi`, preview, the tools' protocol"),
    ("embedded_graphics", "camera: images"),
    ("snakelet_pool::", "camera: pools, frames, sensors of software"),
    ("snakelet::", "facade and firmware"),
    ("firmware::", "facade and firmware"),
]


def sections(elf):
    """Yields name, flags and size of each section of a little-endian 32-bit ELF file."""
    (offset,) = struct.unpack_from("<I", elf, 0x20)
    size, count, names = struct.unpack_from("<HHH", elf, 0x2E)
    headers = [struct.unpack_from("<10I", elf, offset + i * size) for i in range(count)]
    text = headers[names][4]
    for name, kind, flags, _, _, length, *_ in headers:
        start = text + name
        yield elf[start : elf.index(b"\0", start)].decode(), kind, flags, length


def symbols(elf):
    """Yields name, address, size and whether it is a function of each symbol of an ELF file."""
    (offset,) = struct.unpack_from("<I", elf, 0x20)
    size, count = struct.unpack_from("<HH", elf, 0x2E)
    headers = [struct.unpack_from("<10I", elf, offset + i * size) for i in range(count)]
    for _, kind, _, _, start, length, link, *_ in headers:
        if kind == 2:
            names = headers[link][4]
            for at in range(start, start + length, 16):
                name, address, bytes_, info, _, _ = struct.unpack_from("<IIIBBH", elf, at)
                name += names
                function = info & 15 == 2
                yield elf[name : elf.index(b"\0", name)].decode(), address & ~1, bytes_, function


def path_of(name):
    """The path of a function from its name in the ELF file, up to what is written in brackets."""
    rest, path = name.removeprefix("_ZN"), []
    while match := re.match(r"\d+", rest):
        end = match.end() + int(match[0])
        path.append(rest[match.end() : end])
        rest = rest[end:]
    # a method of a trait begins with the type that has it
    text = "::".join(path).replace("..", "::")
    return re.sub(r"^_?\$LT\$(\$\w+?\$|dyn )*", "", text)


def parts(elf):
    """Counts the bytes of each part."""
    sizes = Counter()
    for name, _, _, length in sections(elf):
        if name == ".text":
            sizes[SHARED] = length
        elif name in (".rodata", ".vector_table"):
            sizes[CONSTANTS] += length
    seen = set()
    for name, address, size, function in sorted(symbols(elf)):
        # what is one function after linking has several names
        if not size or address >= RAM or address in seen:
            continue
        seen.add(address)
        path = path_of(name)
        part = next((part for prefix, part in PARTS if path.startswith(prefix)), None)
        if part and (function or part == NAMES):
            sizes[part] += size
            sizes[SHARED if function else CONSTANTS] -= size
    return sizes


def main():
    *options, path = sys.argv[1:]
    with open(path, "rb") as file:
        elf = file.read()
    if options == ["--text"]:
        print(sum(length for name, _, _, length in sections(elf) if name == ".text"))
        return
    if options == ["--parts"]:
        for part, size in parts(elf).most_common():
            print(f"| {part} | {size:,} |")
        return
    if options == ["--functions"]:
        print(*sorted({name for name, *_, function in symbols(elf) if function}), sep="\n")
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
