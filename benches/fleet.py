#!/usr/bin/env python3
"""Builds a fleet of layers and functions out of real wheels, with a layerlint.toml: packages that share much, as those of one team do.

usage: benches/fleet.py FOLDER [--packages N] [--gigabytes G]

A tenth of the packages are layers, the others functions with up to three of them; each is a few of the wheels that `pip download` fetches, and
code of its own. Entries are copied as the wheels hold them, so that building costs what copying costs. The same arguments give the same fleet.
"""

import argparse
import pathlib
import random
import struct
import subprocess
import sys
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
WHEELS = ["requests", "boto3==1.35.0", "pydantic==2.9.2", "numpy==1.26.4", "pandas==2.2.2", "pillow==10.4.0", "cryptography==43.0.1",
          "lxml==5.3.0", "sqlalchemy==2.0.35", "psycopg2-binary==2.9.9", "aiohttp==3.10.5", "grpcio==1.66.1", "jinja2==3.1.4", "pyyaml==6.0.2",
          "aws-lambda-powertools==3.1.0", "scipy==1.13.1", "openpyxl==3.1.5", "redis==5.1.0", "shapely==2.0.6", "orjson==3.10.7"]


def wheels():
    folder = ROOT / "target/benches/wheels"
    if not any(folder.glob("*.whl")):
        platforms = [x for p in ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64") for x in ("--platform", p)]
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.12",
                        *platforms, "-d", str(folder), *WHEELS], check=True)
    return sorted(folder.glob("*.whl"))


class Wheel:
    """The entries of a wheel as they are compressed in it."""

    def __init__(self, path):
        data = path.read_bytes()
        self.entries = []
        for info in zipfile.ZipFile(path).infolist():
            if not info.is_dir():
                name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
                start = info.header_offset + 30 + name + extra
                packed = data[start:start + info.compress_size]
                self.entries.append((info.filename.encode(), info.compress_type, info.CRC, info.file_size, packed))
        self.size = sum(entry[3] for entry in self.entries)


def write_zip(path, entries):
    directory = []
    with open(path, "wb") as out:
        for name, method, crc, size, packed in entries:
            fields = (method, 0, 0x5821, crc, len(packed), size, len(name), 0)
            directory.append(struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 0x031E, 20, 0, *fields, 0, 0, 0, 0o100644 << 16, out.tell()) + name)
            out.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, *fields) + name + packed)
        start, count, listing = out.tell(), len(directory), b"".join(directory)
        out.write(listing)
        if count > 0xFFFF:
            out.write(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(listing), start))
            out.write(struct.pack("<IIQI", 0x07064B50, 0, start + len(listing), 1))
            count = 0xFFFF
        out.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(listing), start, 0))


def own_code(name, number):
    text = f"import json\nNUMBER = {number}\n\n\ndef handler(event, context):\n    return json.dumps({{'name': '{name}'}})\n".encode()
    packer = zlib.compressobj(wbits=-15)
    return (b"app.py", 8, zlib.crc32(text), len(text), packer.compress(text) + packer.flush())


def below(folder, entries):
    return [(folder + name, *rest) for name, *rest in entries]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--packages", type=int, default=300)
    parser.add_argument("--gigabytes", type=float, default=5.0)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(8)
    known = [Wheel(path) for path in wheels()]
    small = [wheel for wheel in known if wheel.size < 25e6]
    layers, left = max(1, args.packages // 10), args.gigabytes * 1e9
    manifest, total = [], 0
    for number in range(args.packages):
        share = (left - total) / (args.packages - number)
        chosen, size = [], 0
        for wheel in chance.sample(known if share > 20e6 and number % 3 else small, 8):
            if size + wheel.size <= 1.6 * share or not chosen:
                chosen.append(wheel)
                size += wheel.size
        total += size
        name = f"layer-{number}" if number < layers else f"function-{number}"
        entries = [entry for wheel in chosen for entry in wheel.entries]
        if number < layers:
            write_zip(args.folder / f"{name}.zip", below(b"python/", entries))
            manifest.append(f'[layer.{name}]\npath = "{name}.zip"\ncompatible-runtimes = ["python3.12"]\ncompatible-architectures = ["x86_64"]\n')
        else:
            write_zip(args.folder / f"{name}.zip", [own_code(name, number), *entries])
            used = ", ".join(f'"layer-{layer}"' for layer in chance.sample(range(layers), min(layers, number % 4)))
            manifest.append(f'[function.{name}]\npath = "{name}.zip"\nruntime = "python3.12"\nhandler = "app.handler"\nlayers = [{used}]\n')
    (args.folder / "layerlint.toml").write_text("\n".join(manifest))
    print(f"{args.packages} packages, {total / 1e9:.2f} GB unzipped")


if __name__ == "__main__":
    main()
