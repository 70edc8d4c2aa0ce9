#!/usr/bin/env python3
"""Compares layerlint's word on Python functions with what Python says when it really imports them.

    benches/python_start.py --layerlint BINARY --python PYTHON --runtime python3.12 LAYER.zip...

For each layer a function imports each of its top-level packages, once as it is and once with a file of the layer taken away. PYTHON has to be of
the runtime's version and have boto3 installed, as the runtime has. Prints a Markdown table.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

parser = argparse.ArgumentParser()
parser.add_argument("--layerlint", required=True)
parser.add_argument("--python", required=True)
parser.add_argument("--runtime", default="python3.12")
parser.add_argument("--damages", type=int, default=5)
parser.add_argument("layers", nargs="+")
options = parser.parse_args()
RULES = "runtime/unresolved-import,runtime/removed-stdlib-module,runtime/syntax-error,runtime/handler-symbol-missing,runtime/handler-file-missing"
LAUNCH = """
import sys, importlib
task, opt = sys.argv[1:3]
sys.path[:0] = [task, opt + '/python']
try:
    module = importlib.import_module('app')
except (ImportError, SyntaxError) as error:
    print(type(error).__name__ + ': ' + str(error)); sys.exit(1)
except BaseException as error:
    print('other ' + type(error).__name__ + ': ' + str(error)); sys.exit(2)
"""


def modules(names):
    found = set()
    for name in names:
        parts = name.split("/")
        if len(parts) == 3 and parts[0] == "python" and parts[2] == "__init__.py":
            found.add(parts[1])
        if len(parts) == 2 and parts[0] == "python" and parts[1].endswith(".py"):
            found.add(parts[1][:-3])
    return sorted(name for name in found if name.isidentifier() and not name.startswith("_") and name not in ("tests", "test", "docs", "examples"))


def judge(folder):
    done = subprocess.run(
        [options.layerlint, "--isolated", "--function", f"{folder}/task", "--layer", f"{folder}/opt", "--runtime", options.runtime, "--arch", "x86_64",
         "--handler", "app.handler", "--select", RULES, "-f", "json"], capture_output=True, text=True)
    if done.returncode == 2:
        return None, done.stderr
    errors = [one for one in json.loads(done.stdout)["findings"] if one["severity"] == "error"]
    return [one.get("lambda_error") or one["message"] for one in errors], ""


def start(folder):
    done = subprocess.run([options.python, "-B", "-c", LAUNCH, f"{folder}/task", f"{folder}/opt"], capture_output=True, text=True, timeout=120, cwd=f"{folder}/task")
    return done.returncode, done.stdout.strip().splitlines()[-1:] or [""]


counts = {"right": 0, "false alarm": 0, "missed": 0, "damage told": 0, "damage harmless": 0, "damage missed": 0, "damage false alarm": 0, "undecided": 0}
notes = []
random.seed(7)
for layer in options.layers:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(layer) as archive:
        archive.extractall(f"{folder}/opt")
        task = pathlib.Path(folder, "task")
        task.mkdir()
        for module in modules(archive.namelist()):
            (task / "app.py").write_text(f"import {module}\n\ndef handler(event, context):\n    return 1\n")
            status, said = start(folder)
            errors, usage = judge(folder)
            if errors is None:
                notes.append(f"{layer} {module}: {usage}")
            elif status == 2:
                counts["undecided"] += 1
            elif (status == 1) == bool(errors):
                counts["right"] += 1
            else:
                counts["false alarm" if errors else "missed"] += 1
                notes.append(f"{pathlib.Path(layer).name} {module}: Python says {said[0] or 'nothing'!r}, layerlint {errors[:1]}")
            if status:
                continue
            sources = [path for path in pathlib.Path(folder, "opt/python", module).rglob("*.py")]
            for path in random.sample(sources, min(options.damages, len(sources))):
                text = path.read_bytes()
                path.unlink()
                status, said = start(folder)
                errors, _ = judge(folder)
                path.write_bytes(text)
                if status == 2 or errors is None:
                    counts["undecided"] += 1
                elif status == 1:
                    counts["damage told" if errors else "damage missed"] += 1
                    if not errors:
                        notes.append(f"{pathlib.Path(layer).name} without {path.relative_to(folder)}: {said[0]}")
                else:
                    counts["damage false alarm" if errors else "damage harmless"] += 1
                    if errors:
                        notes.append(f"{pathlib.Path(layer).name} without {path.relative_to(folder)}: starts, layerlint says {errors[:1]}")
print("| outcome | deployments |\n| --- | --- |")
for name, count in counts.items():
    print(f"| {name} | {count} |")
for note in notes:
    print(note, file=sys.stderr)
