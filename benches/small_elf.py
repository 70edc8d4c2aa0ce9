"""Writes a small shared library for x86_64, as benches/instructions.py needs them: symbols, a version, a library that it needs."""

import struct


def elf_hash(name):
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high & 0xFFFFFFFF
    return value


def library(soname, needed, symbols):
    """One loadable segment in which addresses equal offsets; a tenth of the symbols is imported."""
    strings, places = bytearray(b"\0"), {}

    def place(text):
        if text not in places:
            places[text] = len(strings)
            strings.extend(text.encode() + b"\0")
        return places[text]

    exports, imports = [f"layerlint_export_{i}" for i in range(symbols)], [f"layerlint_import_{i}" for i in range(symbols // 10)]
    table = bytes(24)
    table += b"".join(struct.pack("<IBBHQQ", place(name), 0x12, 0, 1, 0x1000, 8) for name in exports)
    table += b"".join(struct.pack("<IBBHQQ", place(name), 0x12, 0, 0, 0, 0) for name in imports)
    total = 1 + symbols + symbols // 10
    hashes = struct.pack("<III", 1, total, 1) + struct.pack(f"<{total}I", 0, *range(2, total), 0)
    versions = struct.pack("<HHIII", 1, 1, place("libc.so.6"), 16, 0) + struct.pack("<IHHII", elf_hash("GLIBC_2.17"), 0, 2, place("GLIBC_2.17"), 0)
    tags = [(1, place("libc.so.6")), (1, place(needed)), (14, place(soname)), (29, place("$ORIGIN"))]
    align = lambda at: -(-at // 8) * 8
    strings_at = 64 + 2 * 56
    table_at = align(strings_at + len(strings))
    hashes_at = align(table_at + len(table))
    versions_at = align(hashes_at + len(hashes))
    dynamic_at = align(versions_at + len(versions))
    tags += [(4, hashes_at), (5, strings_at), (6, table_at), (10, len(strings)), (11, 24), (0x6FFFFFFE, versions_at), (0x6FFFFFFF, 1), (0, 0)]
    size = 16 * len(tags)
    out = bytearray(dynamic_at + size)
    out[:64] = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    out[64:120] = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, len(out), len(out), 4096)
    out[120:176] = struct.pack("<IIQQQQQQ", 2, 6, dynamic_at, dynamic_at, dynamic_at, size, size, 8)
    for at, part in [(strings_at, strings), (table_at, table), (hashes_at, hashes), (versions_at, versions)]:
        out[at:at + len(part)] = part
    out[dynamic_at:] = b"".join(struct.pack("<QQ", *tag) for tag in tags)
    return bytes(out)
