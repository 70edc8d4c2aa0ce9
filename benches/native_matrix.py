"""Fetches the wheels of many projects for every platform and several Pythons, and compares the verdicts on them with their tags.

    pip install packaging
    python3 benches/native_matrix.py target/release/layerlint benches/native_projects.txt wheels

`wheels` becomes a folder per platform; what lies there already is not fetched again, and a wheel that two platforms share is judged
once, under the first of them. Wheels of more than 20 MB are left out. The verdicts are those of native_wheels.py; every disagreement
is printed, and then the table of docs/native.md.
"""

import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

from native_wheels import judge, promises

PYTHONS = ["3.9", "3.11", "3.12", "3.13"]
PLATFORMS = {
    "manylinux2014_x86_64": ["manylinux2014_x86_64"],
    "manylinux2014_aarch64": ["manylinux2014_aarch64"],
    "manylinux_2_28_x86_64": ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_26_x86_64"],
    "musllinux_x86_64": ["musllinux_1_2_x86_64", "musllinux_1_1_x86_64"],
    "macosx_arm64": ["macosx_11_0_arm64", "macosx_12_0_arm64"],
    "win_amd64": ["win_amd64"],
}
TOGETHER = 8
LARGEST = 20_000_000


def download(names, python, platforms, folder):
    """Fetches wheels of several projects with pip; a project without a fitting wheel is left out."""
    command = ["pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--python-version", python, "-d", str(folder)]
    for platform in platforms:
        command += ["--platform", platform]
    names = list(names)
    while names:
        done = subprocess.run(command + names, capture_output=True, text=True, check=False)
        missing = re.search(r"No matching distribution found for (\S+)", done.stderr)
        if done.returncode == 0 or not missing or missing[1] not in names:
            if done.returncode:
                print(f"{python} {folder.name}: {done.stderr.strip()}", file=sys.stderr)
            return
        names.remove(missing[1])


def fetch(projects, folder):
    """All platforms and Pythons, some projects at a time."""
    mark = folder / "fetched.txt"
    known = set(mark.read_text().split("\n")) if mark.exists() else set()
    for start in range(0, len(projects), TOGETHER):
        some = projects[start : start + TOGETHER]
        for platform, tags in PLATFORMS.items():
            for python in PYTHONS:
                line = f"{platform} {python} {' '.join(some)}"
                if line not in known:
                    download(some, python, tags, folder / platform)
                    known.add(line)
                    mark.write_text("\n".join(sorted(known)))


def wheels_of(folder):
    """The wheels with machine code or for one platform, each under the first platform that has it."""
    seen = set()
    for platform in PLATFORMS:
        for wheel in sorted((folder / platform).glob("*.whl")):
            named = not wheel.name.endswith("-any.whl") and wheel.name not in seen
            if named and wheel.stat().st_size <= LARGEST:
                seen.add(wheel.name)
                yield platform, wheel


def main():
    layerlint, listed, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    projects = [line for line in listed.read_text().split("\n") if line and not line.startswith("#")]
    for platform in PLATFORMS:
        (folder / platform).mkdir(parents=True, exist_ok=True)
    fetch(projects, folder)
    promised = promises()
    wheels = list(wheels_of(folder))
    counts, rules, names = collections.defaultdict(collections.Counter), collections.Counter(), collections.defaultdict(set)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = pool.map(lambda one: judge(layerlint, one[1], promised), wheels)
        for (platform, wheel), one in zip(wheels, judged):
            names[platform].add(one.project)
            agree = one.verdicts - one.warned - len(one.disagreements)
            counts[platform].update(wheels=1, verdicts=one.verdicts, agree=agree, warned=one.warned)
            rules.update(one.rules)
            print(*one.disagreements, sep="\n", end="\n" if one.disagreements else "")
    print("\n| Wheels | Projects | For | Verdicts | Agree | Warned |\n|---|---|---|---|---|---|")
    for platform, row in counts.items():
        print(f"| {row['wheels']} | {len(names[platform])} | {platform} | {row['verdicts']} | {row['agree']} | {row['warned']} |")
    total = sum(counts.values(), collections.Counter())
    everyone = set().union(*names.values())
    print(f"| {total['wheels']} | {len(everyone)} | | {total['verdicts']} | {total['agree']} | {total['warned']} |\n")
    for rule, count in rules.most_common():
        print(f"{rule}: {count}")


if __name__ == "__main__":
    main()
