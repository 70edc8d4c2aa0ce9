#!/usr/bin/env python3
"""Times a whole audit against `unzip -tq` and `unzip -l` on the same file, in turn, and prints a Markdown table.

usage: benches/compare.py [--runs N] [ZIP ...]

Without a ZIP it builds a Python layer of 400 MB with pip (numpy, pandas, scipy, scikit-learn, pyarrow) below target/benches. Needs
`cargo build --release`, `unzip`, and pip for the build. Medians and ratios are what counts: machines are noisy.
"""

import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
REQUIREMENTS = ["numpy==1.26.4", "pandas==2.2.2", "pyarrow==16.1.0", "scikit-learn==1.5.0", "scipy==1.13.1"]


def build():
    target = ROOT / "target/benches/python-layer.zip"
    if target.exists():
        return target
    folder = target.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    platforms = [x for p in ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64") for x in ("--platform", p)]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--only-binary=:all:", "--implementation", "cp",
                    "--python-version", "3.12", *platforms, "-t", str(folder / "python"), *REQUIREMENTS], check=True)
    subprocess.run(["zip", "-qr9", str(target), "python"], cwd=folder, check=True)
    return target


def once(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak(command):
    """Peak memory in MB, of a process of its own so that earlier children do not count."""
    code = "import resource,subprocess,sys; subprocess.run(sys.argv[1:],stdout=-3,stderr=-3); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    return int(subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True).stdout) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zips", nargs="*", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=9)
    args = parser.parse_args()
    layerlint = ROOT / "target/release/layerlint"
    print(f"{os.cpu_count()} cores, median of {args.runs} runs in turn after one warm-up\n")
    print("| file | command | wall s | cpu s | of `unzip -tq` | peak MB |\n| --- | --- | --- | --- | --- | --- |")
    for path in args.zips or [build()]:
        declared = ["--isolated", "--as", "layer", "--compatible-runtime", "python3.12", "--compatible-arch", "x86_64"]
        commands = {
            "layerlint": [layerlint, path, *declared],
            "layerlint --jobs 1": [layerlint, path, *declared, "--jobs", "1"],
            "layerlint --select layout,size/unzipped-limit": [layerlint, path, *declared, "--select", "layout,size/unzipped-limit"],
            "unzip -tq": ["unzip", "-tq", path],
            "unzip -l": ["unzip", "-l", path],
        }
        commands = {name: [str(x) for x in command] for name, command in commands.items()}
        times = {name: [] for name in commands}
        for run in range(args.runs + 1):
            for name, command in commands.items():
                figures = once(command)
                if run:
                    times[name].append(figures)
        median = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in times.items()}
        for name, (wall, cpu) in median.items():
            print(f"| {path.name} | `{name}` | {wall:.3f} | {cpu:.3f} | {wall / median['unzip -tq'][0]:.2f} | {peak(commands[name]):.0f} |")


if __name__ == "__main__":
    main()
