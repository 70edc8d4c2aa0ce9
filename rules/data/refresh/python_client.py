#!/usr/bin/env python3
"""Prints rules/data/python-client.toml anew: what Lambda's Python client has loaded before it imports a handler, and what is compiled in.

    python_client.py PYTHON3.8 PYTHON3.9 ... > rules/data/python-client.toml

Each PYTHON is an interpreter of one version. The client comes from PyPI into a temporary folder; it is imported, not started.
"""
import datetime
import json
import subprocess
import sys
import tempfile
import textwrap

LOOK = """
import sys
sys.path.insert(0, sys.argv[1])
import awslambdaric.bootstrap
# left out by -S, and there in every start
names = {name.split(".")[0] for name in sys.modules} | {"site", "_sitebuiltins"}
import importlib.util, json
print(json.dumps({
    "language": "%d.%d" % sys.version_info[:2],
    "magic": int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little"),
    "loaded": sorted(names & set(getattr(sys, "stdlib_module_names", names)) - {"__main__"}),
    "compiled": sorted(sys.builtin_module_names),
}))
"""

# versions that were not at hand: the magic number of CPython's Include/internal/pycore_magic_number.h
ABSENT = {"3.14": 3627}


def look(python):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--target", folder, "awslambdaric"], check=True)
        done = subprocess.run([python, "-B", "-E", "-S", "-c", LOOK, folder], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)


def listed(key, names):
    lines = textwrap.wrap(", ".join(json.dumps(name) for name in names), 135)
    return f"{key} = [\n" + "".join(f"    {line.rstrip()}\n" for line in lines) + "]\n"


rows = [look(python) for python in sys.argv[1:]]
ours = {"awslambdaric", "simplejson", "runtime_client", "snapshot_restore_py"}
for row in rows:
    row["loaded"] = [name for name in row["loaded"] if name not in ours]
common = {key: sorted(set.intersection(*(set(row[key]) for row in rows))) for key in ("loaded", "compiled")}
print("# What is loaded before a Python handler is imported: none of it can be shadowed. `magic` is the first number of byte code.")
print('source = "awslambdaric of PyPI imported by CPython ' + ", ".join(row["language"] for row in rows) + '; a version that was not at hand has what all others have"')
print(f"as-of = {datetime.date.today()}")
for key in ("loaded", "compiled"):
    print(listed(key, common[key]), end="")
for row in rows:
    print(f"\n[[version]]\nlanguage = \"{row['language']}\"\nmagic = {row['magic']}")
    for key in ("loaded", "compiled"):
        print(listed(key, [name for name in row[key] if name not in common[key]]), end="")
for language, magic in ABSENT.items():
    if all(row["language"] != language for row in rows):
        print(f'\n[[version]]\nlanguage = "{language}"\nmagic = {magic}\nloaded = []\ncompiled = []')
