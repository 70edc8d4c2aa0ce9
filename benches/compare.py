#!/usr/bin/env python3
"""Times audits against `unzip -tq` and `unzip -l` on the same files, in turn, and prints Markdown tables.

usage: benches/compare.py [--runs N] [--layerlint PROGRAM] [--fleet FOLDER] [ZIP ...]

Without a ZIP it builds two layers below target/benches: a Python layer of 400 MB with pip (numpy, pandas, scipy, scikit-learn, pyarrow) and one of
npm's `next`. Then follow a function with five layers against the sum of its packages, made of the wheels of benches/fleet.py, and the time to
start; a fleet made by benches/fleet.py is timed on one thread and on two. Needs `cargo build --release`, `unzip`, and pip and npm for the builds. Medians and ratios are what counts: machines are noisy.
"""

import argparse
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
import zipfile

import fleet

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCHES = ROOT / "target/benches"
REQUIREMENTS = ["numpy==1.26.4", "pandas==2.2.2", "pyarrow==16.1.0", "scikit-learn==1.5.0", "scipy==1.13.1"]
NAMES_ONLY = "layout,size/unzipped-limit,archive/duplicate-entry"


def zipped(name, make):
    """A zip of the folder that `make` fills, made once."""
    target = BENCHES / f"{name}.zip"
    if not target.exists():
        folder = target.with_suffix("")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        subprocess.run(["zip", "-qry9", str(target), "."], cwd=folder, check=True)
        shutil.rmtree(folder)
    return target


def python_layer(folder):
    platforms = [x for p in ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64") for x in ("--platform", p)]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--only-binary=:all:", "--implementation", "cp",
                    "--python-version", "3.12", *platforms, "-t", str(folder / "python"), *REQUIREMENTS], check=True)


def node_layer(folder):
    (folder / "nodejs").mkdir()
    subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefix",
                    str(folder / "nodejs"), "next@15.1.0", "react@19", "react-dom@19"], check=True)


def declared(path):
    """How a layer is declared, by the languages of its top folders."""
    with zipfile.ZipFile(path) as file:
        is_node = any(name.startswith("nodejs/") for name in file.namelist())
    return ["--isolated", "--as", "layer", "--compatible-runtime", "nodejs22.x" if is_node else "python3.12", "--compatible-arch", "x86_64"]


def once(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turn(commands, runs):
    """Medians of wall and processor seconds of each command, after a warm-up."""
    times = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            figures = once([str(x) for x in command])
            if run:
                times[name].append(figures)
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in times.items()}


def peak(command):
    """Peak memory in MB, of a process of its own so that earlier children do not count."""
    code = "import resource,subprocess,sys; subprocess.run(sys.argv[1:],stdout=-3,stderr=-3); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    return int(subprocess.run([sys.executable, "-c", code, *map(str, command)], capture_output=True, text=True).stdout) / 1024


def packages(args):
    print("| file | command | wall s | cpu s | of `unzip -tq` | of `unzip -l` | cpu of `unzip -tq` | peak MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for path in args.zips or [zipped("python-layer", python_layer), zipped("node-layer", node_layer)]:
        lint = [args.layerlint, path, *declared(path)]
        commands = {
            "layerlint": lint,
            "layerlint --jobs 1": [*lint, "--jobs", "1"],
            "layerlint --select archive,size,layout": [*lint, "--select", "archive,size,layout"],
            "layerlint, rules that need names only": [*lint, "--select", NAMES_ONLY],
            "unzip -tq": ["unzip", "-tq", path],
            "unzip -l": ["unzip", "-l", path],
            "python3 -m zipfile -t": [sys.executable, "-m", "zipfile", "-t", path],
        }
        if seven := shutil.which("7zz") or shutil.which("7z"):
            commands["7z t"] = [seven, "t", "-bso0", path]
        cache = BENCHES / "cache"
        commands["layerlint --cache, what it knows"] = [*lint, "--cache", cache]
        median = in_turn(commands, args.runs)
        (test_wall, test_cpu), (list_wall, _) = median["unzip -tq"], median["unzip -l"]
        for name, (wall, cpu) in median.items():
            ratios = f"{wall / test_wall:.2f} | {wall / list_wall:.1f} | {cpu / test_cpu:.2f}"
            print(f"| {path.name} | `{name}` | {wall:.3f} | {cpu:.3f} | {ratios} | {peak(commands[name]):.0f} |", flush=True)
        shutil.rmtree(cache, ignore_errors=True)


def deployment(args):
    """One function with five layers: against all of its packages by themselves."""
    folder = BENCHES / "deployment"
    folder.mkdir(parents=True, exist_ok=True)
    wheels = sorted((fleet.Wheel(path) for path in fleet.wheels()), key=lambda wheel: -wheel.size)[:20]
    layers = [folder / f"layer-{number}.zip" for number in range(5)]
    for number, layer in enumerate(layers):
        fleet.write_zip(layer, fleet.below(b"python/", [entry for wheel in wheels[number::5] for entry in wheel.entries]))
    function = folder / "function.zip"
    fleet.write_zip(function, [fleet.own_code("function", 1)])
    runtime = ["--isolated", "--runtime", "python3.12", "--arch", "x86_64"]
    together = [args.layerlint, "--function", function, *(x for layer in layers for x in ("--layer", layer)), "--handler", "app.handler", *runtime]
    commands = {"function and five layers": together, "the function alone": [args.layerlint, function, "--as", "function", "--handler", "app.handler", *runtime]}
    commands |= {layer.stem: [args.layerlint, layer, *declared(layer)] for layer in layers}
    median = in_turn(commands, args.runs)
    wall, cpu = median.pop("function and five layers")
    walls, cpus = (sum(column) for column in zip(*median.values()))
    print("\n| what | wall s | cpu s |\n| --- | --- | --- |")
    print(f"| a function and five layers | {wall:.3f} | {cpu:.3f} |\n| the six packages one by one, summed | {walls:.3f} | {cpus:.3f} |")
    print(f"| ratio | {wall / walls:.2f} | {cpu / cpus:.2f} |", flush=True)
    shutil.rmtree(folder)


def threads(args):
    """A fleet on one thread and on two, in turn."""
    lint = [args.layerlint, args.fleet, "--exit-zero"]
    commands = {f"--jobs {jobs}": [*lint, "--jobs", str(jobs)] for jobs in (1, 2)}
    times = {name: [] for name in commands}
    for _ in range(args.runs):
        for name, command in commands.items():
            times[name].append(once([str(x) for x in command]))
    print("\n| fleet | wall s, median | wall s, best | cpu s | peak MB |\n| --- | --- | --- | --- | --- |")
    for name, rows in times.items():
        walls, cpus = zip(*rows)
        print(f"| `{name}` | {statistics.median(walls):.2f} | {min(walls):.2f} | {statistics.median(cpus):.2f} | {peak(commands[name]):.0f} |")
    (one, two) = ([row[0] for row in rows] for rows in times.values())
    print(f"| throughput | {statistics.median(one) / statistics.median(two):.2f} x | {min(one) / min(two):.2f} x | | |", flush=True)


def start(args):
    rows = [once([str(args.layerlint), "--version"]) for _ in range(50)]
    base = [once(["true"]) for _ in range(50)]
    wall, floor = (statistics.median(row[0] for row in some) * 1000 for some in (rows, base))
    print(f"\n`layerlint --version`: {wall:.1f} ms from start to end, of which starting any process takes {floor:.1f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zips", nargs="*", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--layerlint", type=pathlib.Path, default=ROOT / "target/release/layerlint")
    parser.add_argument("--fleet", type=pathlib.Path, help="a folder made by benches/fleet.py")
    parser.add_argument("--only", choices=["packages", "deployment", "start", "threads"])
    args = parser.parse_args()
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    print(f"Commit {commit}, {os.cpu_count()} cores of {model}, load {load:.1f}; median of {args.runs} runs in turn after one warm-up\n")
    for name, work in [("packages", packages), ("deployment", deployment), ("start", start), ("threads", threads)]:
        if args.only in (None, name) and (name != "threads" or args.fleet):
            work(args)


if __name__ == "__main__":
    main()
