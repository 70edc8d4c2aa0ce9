"""Compares the verdict on each wheel with what its tags promise.

    pip install packaging
    pip download --no-deps --only-binary=:all: --python-version 3.12 --platform musllinux_1_2_x86_64 -d wheels numpy
    python3 benches/native_wheels.py target/debug/layerlint wheels/*.whl

Each wheel is installed alone into `python/` of a layer, as pip does it, and judged for every runtime and architecture below with the
rules of the category native. A wheel promises to run when one of its tags is among those that pip would take there; then there has
to be no error, and an error otherwise; where the package starts without its module, a warning is counted apart. Every disagreement is
printed; the last lines are totals.
"""

import collections
import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

from packaging import tags
from packaging.utils import parse_wheel_filename

# what rules/data/operating-systems.toml says of the C library
RUNTIMES = {"python3.11": ((3, 11), 26), "python3.12": ((3, 12), 34), "python3.13": ((3, 13), 34)}
MACHINES = {"x86_64": ("x86_64", 5), "arm64": ("aarch64", 17)}
# what is a warning where the package does without the module
WARNED = {"native/python-abi", "native/missing-library"}
OLD_NAMES = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}


def platforms(glibc, machine, oldest):
    """The platform tags that pip takes on a system with this C library."""
    for minor in range(glibc, oldest - 1, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in OLD_NAMES:
            yield f"{OLD_NAMES[minor]}_{machine}"
    yield f"linux_{machine}"


def supported(runtime, architecture):
    """All tags that pip takes in one environment."""
    version, glibc = RUNTIMES[runtime]
    names = list(platforms(glibc, *MACHINES[architecture]))
    abi = f"cp{version[0]}{version[1]}"
    found = set(tags.cpython_tags(version, abis=[abi], platforms=names))
    return found | set(tags.compatible_tags(version, interpreter=abi, platforms=names))


def install(wheel, layer):
    """Writes the layer that pip would make of a wheel: `.data/purelib` and `.data/platlib` are merged, scripts go to bin."""
    places = {"purelib": "python/", "platlib": "python/", "scripts": "python/bin/", "data": "python/"}
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(layer, "w") as target:
        for entry in source.infolist():
            parts = re.match(r"[^/]+\.data/([^/]+)/(.+)", entry.filename)
            name = places.get(parts[1], "python/") + parts[2] if parts else "python/" + entry.filename
            if not entry.is_dir():
                mode = 0o755 if entry.external_attr >> 16 & 0o111 or "/bin/" in name else 0o644
                copy = zipfile.ZipInfo(name)
                copy.external_attr = (0o100000 | mode) << 16
                target.writestr(copy, source.read(entry))


def findings(layerlint, layer, runtime, architecture):
    """The native errors and warnings, by rule."""
    command = [layerlint, "--as", "layer", "--runtime", runtime, "--arch", architecture]
    command += ["--select", "native", "--format", "json", str(layer)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{layer}: {done.stderr}")
    found = json.loads(done.stdout)["findings"]
    of = lambda severity: {one["rule"]: one["message"] for one in found if one["severity"] == severity}
    return of("error"), {rule: said for rule, said in of("warning").items() if rule in WARNED}


@dataclasses.dataclass
class Judged:
    """What was said of one wheel."""

    project: str
    verdicts: int = 0
    warned: int = 0
    rules: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    disagreements: list = dataclasses.field(default_factory=list)


def promises():
    """The tags that pip takes, for every runtime and architecture."""
    return {(r, a): supported(r, a) for r in RUNTIMES for a in MACHINES}


def judge(layerlint, wheel, promised):
    """Compares the verdicts on one wheel with its tags."""
    name, _, _, own = parse_wheel_filename(wheel.name)
    judged = Judged(name)
    with tempfile.TemporaryDirectory() as folder:
        layer = pathlib.Path(folder) / f"{name}.zip"
        install(wheel, layer)
        for (runtime, architecture), known in promised.items():
            runs = not own.isdisjoint(known)
            said, warned = findings(layerlint, layer, runtime, architecture)
            judged.verdicts += 1
            judged.rules.update(list(said))
            if not runs and not said and warned:
                judged.warned += 1
            elif runs == bool(said):
                told = "; ".join(f"{rule}: {message}" for rule, message in said.items())
                promise = "promises to run" if runs else "does not promise to run"
                judged.disagreements.append(f"{wheel.name} on {runtime} {architecture}: {promise}, said: {told or 'nothing'}")
    return judged


def main():
    layerlint, wheels = sys.argv[1], sys.argv[2:]
    promised = promises()
    total, warned, agreed, rules, projects = 0, 0, 0, collections.Counter(), set()
    for wheel in map(pathlib.Path, wheels):
        one = judge(layerlint, wheel, promised)
        projects.add(one.project)
        total += one.verdicts
        warned += one.warned
        agreed += one.verdicts - one.warned - len(one.disagreements)
        rules.update(one.rules)
        for line in one.disagreements:
            print(line)
    print(f"{len(wheels)} wheels of {len(projects)} projects, {total} verdicts, {agreed} agree, {warned} are warnings")
    for rule, count in rules.most_common():
        print(f"    {rule}: {count}")


if __name__ == "__main__":
    main()
