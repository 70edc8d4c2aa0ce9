"""Writes rules/data/python-stable-abi.toml: which version of CPython first exports each symbol of the stable ABI.

Takes libpython3.6 to libpython3.13 (shared builds) as arguments; needs `pip install abi3info` and `nm`.
"""

import collections
import pathlib
import re
import subprocess
import sys

import abi3info

TARGET = pathlib.Path(__file__).parent.parent / "python-stable-abi.toml"



def number(version):
    return tuple(map(int, version.split(".")))


def exports(library):
    text = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in text.splitlines()}


def main():
    promised = {}
    for table in (abi3info.FUNCTIONS, abi3info.DATAS):
        promised.update({str(getattr(symbol, "name", symbol)): str(one.added) for symbol, one in table.items()})
    there = {re.search(r"libpython(3\.\d+)", path)[1]: exports(path) for path in sys.argv[1:]}
    versions = sorted(there, key=number)
    rows = collections.defaultdict(list)
    for symbol, added in promised.items():
        first = next((version for version in versions if symbol in there[version]), None)
        if first is None and number(added) == (3, 14):
            rows[added].append(symbol)
        elif first and first != versions[0]:
            rows[first].append(symbol)
    old = TARGET.read_text() if TARGET.exists() else ""
    lines = old[: old.index("[[version]]")].rstrip().splitlines() if old else []
    for version in sorted(rows, key=number):
        lines += ["", "[[version]]", f'python = "{version}"', "symbols = ["]
        lines += [f'    "{symbol}",' for symbol in sorted(rows[version])] + ["]"]
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
