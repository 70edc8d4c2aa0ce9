#!/usr/bin/env python3
"""Remakes rules/data/runtimes.toml: identifiers from botocore's Lambda model, dates from cfn-lint's table, ABI numbers from npm's node-abi.

    runtimes.py            rewrites the table
    runtimes.py --check    changes nothing; exits with 1 when it would
"""
import datetime
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

TABLE = pathlib.Path(__file__).resolve().parent.parent / "runtimes.toml"
DATES = {"deprecated": "deprecated", "block-create": "create-block", "block-update": "update-block"}


def wheel(name, folder):
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, name], check=True
    )
    (path,) = pathlib.Path(folder).glob(name.replace("-", "_") + "-*.whl")
    return path, path.name.split("-")[1]


def identifiers(folder):
    path, version = wheel("botocore", folder)
    with zipfile.ZipFile(path) as archive:
        model = json.loads(gzip.decompress(archive.read("botocore/data/lambda/2015-03-31/service-2.json.gz")))
    return set(model["shapes"]["Runtime"]["enum"]), version


def lifecycle(folder):
    path, version = wheel("cfn-lint", folder)
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json")), version


def node_abi(folder):
    """The ABI number of each major version of Node."""
    subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder, "node-abi"], check=True, stdout=subprocess.DEVNULL)
    (path,) = pathlib.Path(folder).glob("node-abi-*.tgz")
    with tarfile.open(path) as archive:
        rows = json.load(archive.extractfile("package/abi_registry.json"))
    return {row["target"].split(".")[0]: int(row["abi"]) for row in rows if row["runtime"] == "node"}


def refreshed(block, dates, abis):
    """A row with its dates and its ABI number replaced; a date that has come since is added behind the architectures."""
    runtime = re.search(r'^id = "(.+)"$', block, re.M).group(1)
    known = dates.get(runtime, {})
    for key, source in DATES.items():
        day = known.get(source)
        if not day:
            continue
        if re.search(rf"^{key} = ", block, re.M):
            block = re.sub(rf"^{key} = .*$", f"{key} = {day}", block, flags=re.M)
        else:
            block = re.sub(r"^(architectures = .*)$", rf"\1\n{key} = {day}", block, count=1, flags=re.M)
    major = re.fullmatch(r"nodejs(\d+)\.x", runtime)
    if major and major.group(1) in abis:
        block = re.sub(r"^node-abi = .*$", f"node-abi = {abis[major.group(1)]}", block, flags=re.M)
    return runtime, block


def new_row(runtime, dates):
    family, language = re.fullmatch(r"([a-z]+)(.*)", runtime).groups()
    language = language.removesuffix(".x").removesuffix(".al2023").removesuffix(".al2")
    lines = [
        "# to be confirmed: operating system, architectures, and what else its family has",
        "[[runtime]]",
        f'id = "{runtime}"',
        f'family = "{family}"',
        f'language = "{language}"',
        'os = "al2023"',
        'architectures = ["x86_64", "arm64"]',
    ]
    known = dates.get(runtime, {})
    lines += [f"{key} = {known[source]}" for key, source in DATES.items() if known.get(source)]
    return "\n".join(lines) + "\n"


def main():
    old = TABLE.read_text()
    with tempfile.TemporaryDirectory() as folder:
        wanted, botocore = identifiers(folder)
        dates, cfn_lint = lifecycle(folder)
        abis = node_abi(folder)
    head, *blocks = re.split(r"(?m)^(?=\[\[runtime\]\]$)", old)
    rows = [refreshed(block, dates, abis) for block in blocks]
    have = {runtime for runtime, _ in rows}
    for runtime in sorted(have - wanted):
        print(f"{runtime}: not in the model any more", file=sys.stderr)
    added = sorted(wanted - have)
    for runtime in added:
        print(f"{runtime}: new", file=sys.stderr)
    body = "".join(block for _, block in rows)
    body += "".join("\n" + new_row(runtime, dates) for runtime in added)
    changed = body != "".join(blocks)
    if changed:
        head = re.sub(r"botocore [\d.]+", f"botocore {botocore}", head)
        head = re.sub(r"cfn-lint [\d.]+", f"cfn-lint {cfn_lint}", head)
        head = re.sub(r"(?m)^as-of = .*$", f"as-of = {datetime.date.today()}", head)
    if "--check" in sys.argv:
        sys.exit(1 if changed else 0)
    TABLE.write_text(head + body)


if __name__ == "__main__":
    main()
