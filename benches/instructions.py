#!/usr/bin/env python3
"""Counts the instructions of a few scans with valgrind and compares them with benches/instructions.toml: a check without noise.

usage: benches/instructions.py [--update] [--layerlint PROGRAM] [--only NAME,...] [--profiles FOLDER]

The packages are made here, the same on every machine; the program has to be that of `cargo build --release`. It fails when a count is more than
`margin` above the one in the file; `--update` writes the file anew, which also is for changes that are meant to cost something. Counts of another
compiler or another kind of processor differ by some percent: valgrind shows programs the same processor wherever there is AVX2. `--profiles`
keeps what callgrind wrote, for callgrind_annotate (a program with symbols helps: CARGO_PROFILE_RELEASE_STRIP=none).
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile

import small_elf

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT / "benches/instructions.toml"
MARGIN = 0.10
LAYER = ["--as", "layer", "--compatible-runtime"]


def write(folder, name, entries):
    """A zip with fixed dates, so that its bytes are the same each time."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for entry, content in entries:
            info = zipfile.ZipInfo(entry, (2024, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            out.writestr(info, content)
    return path


def small(count, first=0):
    return [(f"python/package_{i // 100}/module_{i}.py", f"VALUE = {i}\n") for i in range(first, first + count)]


def python_module(number):
    body = "".join(f"\ndef f{i}(a, *, b=None):\n    return {{k: v for k, v in a.items() if v != b[{i}:]}}\n" for i in range(40))
    return f"import json\nfrom . import module_{number + 1}\n{body}" if number < 99 else body


def node_module(number):
    body = "".join(f"exports.f{i} = async (a, {{ b = {i} }} = {{}}) => a.map((x) => x ** b / `${{x}}`.length);\n" for i in range(40))
    return f"const next = require('../m{number + 1}/index.js');\n{body}" if number < 99 else body


def statement(number):
    return (f'{{"Sid": "s{number}", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": '
            f'"arn:aws:lambda:eu-central-1:123456789012:layer:deps:{number}", "Condition": {{"StringEquals": {{"aws:PrincipalOrgID": "o-{number:010}"}}}}}}')


def scans(folder):
    """Name and arguments of every scan."""
    names = write(folder, "names.zip", small(5000))
    yield "start", ["--version"]
    yield "names-only", [names, *LAYER, "python3.12", "--select", "layout,size/unzipped-limit"]
    yield "small-files", [names, *LAYER, "python3.12"]
    python = [("app.py", "from package import module_0\n\ndef handler(event, context):\n    return 1\n"), ("package/__init__.py", "")]
    python += [(f"package/module_{i}.py", python_module(i)) for i in range(100)]
    yield "python", [write(folder, "python.zip", python), "--as", "function", "--runtime", "python3.12", "--handler", "app.handler"]
    node = [("index.js", "require('m0/index.js');\nexports.handler = async () => 1;\n")]
    node += [(f"node_modules/m{i}/index.js", node_module(i)) for i in range(100)]
    node += [(f"node_modules/m{i}/package.json", f'{{"name": "m{i}", "version": "1.0.{i}"}}') for i in range(100)]
    yield "node", [write(folder, "node.zip", node), "--as", "function", "--runtime", "nodejs22.x", "--handler", "index.handler"]
    libraries = [(f"lib/libpart{i}.so.1", small_elf.library(f"libpart{i}.so.1", f"libpart{i + 1}.so.1", 4000)) for i in range(8)]
    yield "native", [write(folder, "native.zip", libraries), *LAYER, "python3.12", "--compatible-arch", "x86_64"]
    layers = [write(folder, f"layer-{i}.zip", small(2000, 1000 * i)) for i in range(5)]
    function = write(folder, "function.zip", python)
    yield "five-layers", ["--function", function, "--runtime", "python3.12", "--handler", "app.handler", *(x for one in layers for x in ("--layer", one))]
    policy = folder / "policy.json"
    policy.write_text('{"Version": "2012-10-17", "Statement": [' + ",\n".join(map(statement, range(500))) + "]}")
    yield "policy", ["--policy", policy]


def count(command, profile):
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"]
    run = subprocess.run([*tool, *map(str, command)], capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode not in (0, 1) or not found:
        sys.exit(f"{' '.join(map(str, command))}\nended with {run.returncode}:\n{run.stderr}")
    return int(found[1])


def measure(args):
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in scans(pathlib.Path(folder)):
            if not args.only or name in args.only.split(","):
                world = [] if name == "start" else ["--isolated", "--as-of", "2026-11-20", "--jobs", "1"]
                profile = args.profiles / f"{name}.callgrind" if args.profiles else "/dev/null"
                counts[name] = count([args.layerlint, *arguments, *world], profile)
    return counts


def save(counts):
    head = (f"# Instructions of the scans in instructions.py, release build for x86_64 Linux; made by `benches/instructions.py --update`.\n"
            f"# A count may be larger by `margin` (a part of it) before the check fails.\nmargin = {MARGIN}\n\n[instructions]\n")
    FILE.write_text(head + "".join(f"{name} = {value:_}\n" for name, value in counts.items()))


def compare(counts):
    """Prints a table; whether nothing has become dearer."""
    known = tomllib.loads(FILE.read_text())
    good = True
    print(f"{'scan':12} {'instructions':>15} {'was':>15}  change")
    for name, value in counts.items():
        was = known["instructions"].get(name)
        change = value / was - 1 if was else None
        too_much = change is None or change > known["margin"]
        good &= not too_much
        print(f"{name:12} {value:15,} {was or 0:15,}  {'new' if change is None else f'{change:+.1%}'}{'  TOO MUCH' if too_much else ''}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--layerlint", type=pathlib.Path, default=ROOT / "target/release/layerlint")
    parser.add_argument("--only", default="")
    parser.add_argument("--profiles", type=pathlib.Path)
    args = parser.parse_args()
    if not shutil.which("valgrind"):
        print("skipped: there is no valgrind here, so no instructions were counted")
        return
    if not args.layerlint.exists():
        sys.exit(f"{args.layerlint} is not there: cargo build --release")
    counts = measure(args)
    if args.update:
        old = tomllib.loads(FILE.read_text())["instructions"] if FILE.exists() and args.only else {}
        save(old | counts)
    elif not compare(counts):
        sys.exit("a scan needs more instructions than before: mend that, or accept it with benches/instructions.py --update")


if __name__ == "__main__":
    main()
