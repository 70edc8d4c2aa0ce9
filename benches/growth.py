#!/usr/bin/env python3
"""How time and memory grow with the number of files, with bytes and with packages: a Markdown table for each.

usage: benches/growth.py [--layerlint PROGRAM] [--fleet FOLDER] [--largest N] [--functions N] [--runs N]

Everything is made below target/benches and removed again. A fleet made by benches/fleet.py gives the packages: the first 1, 3, 10 ... of it.
`exponent` is how the processor's time has grown since the row before: 1 is linear, 2 is quadratic.
"""

import argparse
import math
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib

import fleet
import small_elf

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMITS = ["--limit", "entries=2000000", "--limit", "directory-bytes=1000000000", "--limit", "bytes=16000000000", "--limit", "real-bytes=16000000000"]
LAYER = ["--as", "layer", "--compatible-arch", "x86_64", "--compatible-runtime"]

FILES = {
    "Python modules in folders": ("python3.12", lambda i: (f"python/package_{i // 100}/module_{i}.py", f"VALUE = {i}\n")),
    "Python modules beside each other": ("python3.12", lambda i: (f"python/module_{i}.py", f"VALUE = {i}\n")),
    "npm packages": ("nodejs22.x", lambda i: (f"nodejs/node_modules/p{i // 2}/" + ("package.json" if i % 2 else "index.js"),
                                              f'{{"name": "p{i // 2}", "version": "1.0.0"}}' if i % 2 else f"exports.value = {i};\n")),
    "names that differ by case": ("python3.12", lambda i: (f"python/{'a' if i % 2 else 'A'}_{i // 2}.py", f"VALUE = {i}\n")),
    "one name again and again": ("python3.12", lambda i: ("python/module.py", f"VALUE = {i}\n")),
    "the same bytes everywhere": ("python3.12", lambda i: (f"python/package_{i}/data.bin", "x" * 200)),
    "in folders 100 deep": ("python3.12", lambda i: ("python/" + "d/" * 100 + f"package_{i // 100}/module_{i}.py", f"VALUE = {i}\n")),
}


def packed(name, content):
    packer = zlib.compressobj(6, wbits=-15)
    return (name.encode(), 8, zlib.crc32(content), len(content), packer.compress(content) + packer.flush())


def measure(command, runs):
    """Median of wall and processor seconds, and the peak in MB; each in a process of its own, so that nothing before it counts."""
    code = ("import resource,subprocess,sys,time; t=time.perf_counter(); r=subprocess.run(sys.argv[1:],stdout=-3,stderr=-1); t=time.perf_counter()-t;"
            "u=resource.getrusage(resource.RUSAGE_CHILDREN); print(t,u.ru_utime+u.ru_stime,u.ru_maxrss,r.returncode,r.stderr.decode()[:300] if r.returncode>1 else '')")
    rows = []
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", code, *map(str, command)], capture_output=True, text=True, check=True)
        wall, cpu, peak, status, *said = done.stdout.split(None, 4)
        if status not in ("0", "1"):
            sys.exit(f"{' '.join(map(str, command))}\nended with {status}: {' '.join(said)}")
        rows.append((float(wall), float(cpu), int(peak) / 1024))
    return [statistics.median(column) for column in zip(*rows)]


def table(title, unit, rows):
    """`rows` yields how much there was and what it took."""
    print(f"\n{title}\n\n| {unit} | wall s | cpu s | peak MB | exponent |\n| --- | --- | --- | --- | --- |", flush=True)
    before = None
    for amount, (wall, cpu, peak) in rows:
        exponent = ""
        if before and cpu > 0.05:
            exponent = f"{math.log(cpu / before[1]) / math.log(amount / before[0]):.2f}"
        print(f"| {amount:,} | {wall:.3f} | {cpu:.3f} | {peak:.0f} | {exponent} |", flush=True)
        before = (amount, max(cpu, 0.001))


def files(args, folder, runtime, make):
    path = folder / "files.zip"
    count = 100
    while count <= args.largest:
        entries = [packed(name, content.encode()) for name, content in map(make, range(count))]
        fleet.write_zip(path, entries)
        yield count, measure([args.layerlint, path, "--isolated", *LAYER, runtime, *LIMITS], args.runs)
        count *= 10


def size(args, folder, make, largest):
    path = folder / "bytes.zip"
    part, count = make(0), 1
    while count * len(part) <= largest:
        fleet.write_zip(path, [packed(f"python/package/part{i}.{args.ending}", make(i)) for i in range(count)])
        yield round(count * len(part) / 1e6), measure([args.layerlint, path, "--isolated", *LAYER, "python3.12", *LIMITS], args.runs)
        count *= 4


def functions(args, folder):
    """A configuration of many functions that share a package: what is large is the text."""
    fleet.write_zip(folder / "function.zip", [packed("app.py", b"def handler(event, context):\n    return 1\n")])
    count = 500
    while count <= args.functions:
        table = '[function.f{}]\npath = "function.zip"\nruntime = "python3.12"\narchitecture = "x86_64"\nhandler = "app.handler"\n'
        (folder / "layerlint.toml").write_text("\n".join(table.format(i) for i in range(count)))
        yield count, measure([args.layerlint, folder], args.runs)
        count *= 2
    (folder / "layerlint.toml").unlink()


def statements(args, folder):
    """A policy of many statements; one of 262,144 bytes is the longest that is read."""
    count = 125
    while count <= 1000:
        one = '{{"Sid": "s{0}", "Effect": "Allow", "Principal": "123456789012", "Action": "lambda:GetLayerVersion", "Resource": "arn:aws:lambda:eu-central-1:123456789012:layer:a:{0}"}}'
        (folder / "policy.json").write_text('{"Version": "2012-10-17", "Statement": [' + ",\n".join(one.format(i) for i in range(count)) + "]}")
        yield count, measure([args.layerlint, "--isolated", "--policy", folder / "policy.json"], args.runs)
        count *= 2


def packages(args, folder):
    """The layers of the fleet, and as many functions as the number asks for."""
    parts = re.split(r"\n(?=\[)", (args.fleet / "layerlint.toml").read_text())
    count = 1
    while True:
        count = min(count, len(parts))
        wanted = set(part for part in random.Random(1).sample(parts, count))
        for name in [layer for part in wanted for layer in re.findall(r'"(layer-\d+)"', part.partition("layers =")[2])]:
            wanted.add(next(part for part in parts if part.startswith(f"[layer.{name}]")))
        some = folder / "some"
        some.mkdir()
        for part in wanted:
            name = re.search(r'path = "(.*)"', part)[1]
            os.link(args.fleet / name, some / name) if same_disk(args.fleet, some) else os.symlink(args.fleet / name, some / name)
        (some / "layerlint.toml").write_text("\n".join(part for part in parts if part in wanted))
        yield len(wanted), measure([args.layerlint, some], args.runs)
        shutil.rmtree(some)
        if count == len(parts):
            return
        count *= 3


def same_disk(one, two):
    return os.stat(one).st_dev == os.stat(two).st_dev


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layerlint", type=pathlib.Path, default=ROOT / "target/release/layerlint")
    parser.add_argument("--fleet", type=pathlib.Path)
    parser.add_argument("--largest", type=int, default=1_000_000, help="the most files")
    parser.add_argument("--functions", type=int, default=8000, help="the most functions of a configuration")
    parser.add_argument("--only", default="", help="kinds of files, by a part of their title; `bytes` and `fleet` for the others")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    (ROOT / "target/benches").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "target/benches") as name:
        folder = pathlib.Path(name)
        for title, (runtime, make) in FILES.items():
            if args.only in title:
                table(title, "files", files(args, folder, runtime, make))
        chance = random.Random(1)
        noise = chance.randbytes(1 << 18)
        texts = "".join(f"def f{i}(a):\n    return [x for x in a if x != {i}]\n\n" for i in range(20_000)).encode()
        for title, ending, make in [
            ("Bytes of shared libraries", "so", lambda i: small_elf.library(f"lib{i}.so", f"lib{i + 1}.so", 1000) + noise * 3 + bytes([i % 256])),
            ("Bytes of Python", "py", lambda i: texts + f"N = {i}\n".encode()),
        ]:
            if args.only in title or args.only == "bytes":
                args.ending = ending
                table(title, "MB", size(args, folder, make, 1e9))
        for title, rows in [("Functions of a configuration", functions), ("Statements of a policy", statements)]:
            if args.only in title:
                table(title, title.split()[0].lower(), rows(args, folder))
        if args.fleet and args.only in ("", "fleet"):
            table("Packages of a fleet", "packages", packages(args, folder))


if __name__ == "__main__":
    main()
