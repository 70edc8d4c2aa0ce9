#!/usr/bin/env python3
"""Installs popular distributions one at a time as a layer, and compares layerlint's word on a function that imports them with Python's.

    benches/python_distributions.py --layerlint BINARY --python PYTHON [--runtime python3.12] [--keep FOLDER] [DISTRIBUTION=IMPORT...]

PYTHON has to be of the runtime's version; its pip installs. Each distribution is started as it is, and once for each kind of damage that can be done
to it. Prints Markdown: the figures, a row for each distribution, and every disagreement. Without --keep nothing is left on the disk.
"""
import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

DISTRIBUTIONS = """
aiohttp anthropic attrs=attr aws-lambda-powertools=aws_lambda_powertools aws-xray-sdk=aws_xray_sdk.core bcrypt beautifulsoup4=bs4 boto3 click
cryptography=cryptography.fernet django=django.http elasticsearch fastapi flask google-cloud-storage=google.cloud.storage grpcio=grpc httpx jinja2
lxml=lxml.etree mangum marshmallow numpy openai openpyxl opentelemetry-sdk=opentelemetry.sdk.trace orjson pandas paramiko pillow=PIL.Image
protobuf=google.protobuf.message psycopg2-binary=psycopg2 pydantic pydantic-settings=pydantic_settings pyjwt=jwt pymongo pymysql
python-dateutil=dateutil.parser pyyaml=yaml redis requests rich=rich.console sentry-sdk=sentry_sdk setuptools simplejson slack-sdk=slack_sdk
sqlalchemy=sqlalchemy.orm stripe tenacity typing-extensions=typing_extensions urllib3
"""
# the search path as the service sets it, with what the runtime has at the place of /var/runtime
LAUNCH = """
import importlib, json, site, sys
root, handler, runtime = sys.argv[1:4]
version = "%d.%d" % sys.version_info[:2]
sys.path[:] = [one for one in sys.path if "site-packages" not in one and one != sys.path[0]]
own = [root + "/task", root + "/opt/python/lib/python" + version + "/site-packages", root + "/opt/python"]
sys.path[:] = own + [runtime] + sys.path
for folder in own:
    site.addsitedir(folder)
module, name = handler.rsplit(".", 1)
try:
    loaded = importlib.import_module(module)
except ImportError as error:
    print(json.dumps("Unable to import module '%s': %s" % (module, error)))
except SyntaxError as error:
    print(json.dumps("Syntax error in module '%s': %s" % (module, error)))
except BaseException as error:
    print(json.dumps(type(error).__name__ + ": " + str(error)))
else:
    print(json.dumps("" if hasattr(loaded, name) else "Handler '%s' missing on module '%s'" % (name, module)))
"""
parser = argparse.ArgumentParser()
parser.add_argument("--layerlint", required=True)
parser.add_argument("--python", required=True)
parser.add_argument("--runtime", default="python3.12")
parser.add_argument("--keep", type=pathlib.Path, help="layers lie here, or are left here")
parser.add_argument("distributions", nargs="*", default=DISTRIBUTIONS.split())
options = parser.parse_args()


def install(name, folder):
    """Installs a distribution, if it is not there."""
    if not folder.exists():
        arguments = ["-q", "--no-compile", "--only-binary=:all:", "--disable-pip-version-check", "--target", str(folder), name]
        subprocess.run([options.python, "-m", "pip", "install", *arguments], check=True, stderr=subprocess.DEVNULL)


def python_says(root, handler, runtime):
    """Nothing when it starts, else the error."""
    command = [options.python, "-BEsS", "-c", LAUNCH, str(root), handler, str(runtime)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, cwd=root / "task")
    try:
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return "ended: " + done.stderr.strip()[-200:]


def layerlint_says(root, handler, rules):
    """What it calls an error: the rule and the words of Lambda, and what it calls a warning of the start."""
    command = [options.layerlint, "--isolated", "--function", root / "task", "--layer", root / "opt", "--runtime", options.runtime,
               "--arch", "x86_64", "--handler", handler, "-f", "json", *rules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode == 2:
        raise SystemExit(done.stderr)
    findings = json.loads(done.stdout)["findings"]
    told = [one for one in findings if one["severity"] == "error" or one["rule"] == "runtime/missing-metadata"]
    return [(one["rule"], one.get("lambda_error") or one["message"], one["severity"]) for one in told]


def tops(python):
    return sorted(one.name for one in python.iterdir() if one.is_dir() and (one / "__init__.py").exists())


def sources(python, top):
    return sorted(one for one in (python / top).rglob("*.py") if "test" not in str(one.relative_to(python)))


def remove_dependency(python, top, choice):
    others = [one for one in tops(python) if one != top]
    if not others:
        return None
    gone = choice.choice(others)
    shutil.rmtree(python / gone)
    return f"without {gone}"


def wrong_folder(python, _top, _choice):
    python.rename(python.with_name("Python"))
    return "in Python/"


def other_version(python, _top, _choice):
    found = [one for one in python.rglob("*.so") if ".cpython-" in one.name]
    for one in found:
        one.rename(one.with_name(re.sub(r"\.cpython-3\d+-", ".cpython-311-", one.name)))
    return "extensions of Python 3.11" if found else None


def no_metadata(python, _top, _choice):
    found = list(python.glob("*.dist-info"))
    for one in found:
        shutil.rmtree(one)
    return "without *.dist-info" if found else None


def half_there(python, top, choice):
    found = [one for one in sources(python, top) if one.name != "__init__.py"]
    for one in choice.sample(found, len(found) // 2):
        one.unlink()
    return "half of its modules" if len(found) > 1 else None


def one_gone(python, top, choice):
    found = [one for one in sources(python, top) if one.parent == python / top and one.name != "__init__.py"]
    if not found:
        return None
    gone = choice.choice(found)
    gone.unlink()
    return f"without {gone.relative_to(python)}"


def cut(python, top, choice):
    found = [one for one in sources(python, top) if one.stat().st_size > 400]
    if not found:
        return None
    one = choice.choice(found)
    text = one.read_bytes()
    one.unlink()
    one.write_bytes(text[: len(text) * 2 // 3])
    return f"{one.relative_to(python)} cut"


def no_layer(python, _top, _choice):
    shutil.rmtree(python)
    python.mkdir()
    (python / "other.py").write_text("x = 1\n")
    return "another layer"


DAMAGES = {
    "a dependency removed": remove_dependency, "in the wrong folder": wrong_folder, "extensions of another Python": other_version,
    "metadata stripped": no_metadata, "half of the package": half_there, "one module removed": one_gone, "a module cut short": cut,
    "the layer left out": no_layer,
}


def start(root, handler, runtime, rules):
    said, told = python_says(root, handler, runtime), layerlint_says(root, handler, rules)
    errors = [one for one in told if one[2] == "error"]
    # what is certain to fail is an error; what metadata is missed for is a warning, and counts where the start fails of it
    foretold = told if said else errors
    words = [words for _, words, _ in foretold]
    exact = bool(said) and any(word in said or said in word or word.split(": ", 1)[-1] in said for word in words)
    if not said:
        return ("false alarm" if errors else "starts"), said, errors
    return ("foretold, exact words" if exact else "foretold" if foretold else "missed"), said, foretold


def report(name, damage, outcome, said, told):
    words = "; ".join(f"{rule}: {words}" for rule, words, _ in told[:2]) or "nothing"
    return f"* {name}, {damage}: {outcome}. Python: {said[:160] or 'starts'}. layerlint: {words[:200]}"


def main():
    counts, rows, notes = {}, [], []
    with contextlib.ExitStack() as stack:
        work = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.keep)))
        runtime = work / "runtime"
        install("boto3", runtime)
        for one in options.distributions:
            name, _, module = one.partition("=")
            module = module or name
            kept = (options.keep or work / "layers") / name / "python"
            install(name, kept)
            row = [name, module]
            for damage, do in {"as installed": None, **DAMAGES}.items():
                root = work / "root"
                shutil.copytree(kept, root / "opt/python", symlinks=True, copy_function=os.link)
                (root / "task").mkdir()
                (root / "task/app.py").write_text(f"import {module}\n\n\ndef handler(event, context):\n    return 1\n")
                what = do(root / "opt/python", module.split(".")[0], random.Random(f"{name} {damage}")) if do else damage
                if what:
                    # a package that works is to be called faulty by no rule at all
                    rules = ["--select", "runtime,layout,native,collision,archive"] if do else []
                    outcome, said, told = start(root, "app.handler", runtime, rules)
                    counts.setdefault(damage, []).append(outcome)
                    row.append(outcome)
                    if outcome in ("false alarm", "missed") or (not do and outcome != "starts"):
                        notes.append(report(name, what, outcome, said, told))
                else:
                    row.append("")
                shutil.rmtree(root)
            rows.append(row)
            print(name, *row[2:], sep="; ", file=sys.stderr, flush=True)
            if not options.keep:
                shutil.rmtree(kept.parent)
    kinds = ["starts", "foretold, exact words", "foretold", "missed", "false alarm"]
    print("| deployment | " + " | ".join(kinds) + " |\n| --- |" + " --- |" * len(kinds))
    for damage, outcomes in counts.items():
        print(f"| {damage} | " + " | ".join(str(outcomes.count(kind)) for kind in kinds) + " |")
    print("\n| distribution | imported | as installed |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row[0]} | {row[1]} | {row[2]} |")
    print("\n" + "\n".join(notes))


main()
