"""Compares `layerlint native` with lddtree and the version needs as auditwheel reads them.

    pip install auditwheel
    python3 benches/native_lddtree.py target/debug/layerlint RUNTIME layer.zip...

Each layer is unpacked as /opt is. For every ELF file of x86_64: the highest GLIBC_ and GLIBCXX_ needs, the list of needed names, and the
file of the package that each name leads to. Every disagreement is printed; the last lines are totals.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

from auditwheel.elfutils import elf_find_versioned_symbols
from auditwheel.lddtree import ldd
from elftools.elf.elffile import ELFFile


def unpack(layer, folder):
    """Unpacks with links as links."""
    with zipfile.ZipFile(layer) as archive:
        for entry in archive.infolist():
            path = folder / entry.filename
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(archive.read(entry).decode())
            else:
                archive.extract(entry, folder)


def highest(needs, prefix):
    """The highest version with this prefix, as text."""
    found = []
    for _, version in needs:
        rest = version.removeprefix(prefix)
        if rest != version and rest.replace(".", "").isdigit():
            found.append(tuple(int(part) for part in rest.split(".")))
    return ".".join(map(str, max(found))) if found else None


def theirs(path, opt, through):
    """What lddtree and auditwheel say of one file; nothing when they do not read it. `through` gathers what each tree finds for its libraries."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        if elf["e_machine"] != "EM_X86_64" or elf["e_type"] not in ("ET_DYN", "ET_EXEC"):
            return None
        needs = list(elf_find_versioned_symbols(elf))
    tree = ldd(path, ldpaths={"env": [str(opt / "lib")], "conf": [], "interp": []})
    for name, library in tree.libraries.items():
        if library.realpath:
            through.setdefault(name, set()).add(str(library.realpath).removeprefix(str(opt)))
    found = {}
    for name in tree.needed:
        library = tree.libraries.get(name)
        real = library.realpath if library else None
        found[name] = str(real).removeprefix(str(opt)) if real else None
    return {"glibc": highest(needs, "GLIBC_"), "glibcxx": highest(needs, "GLIBCXX_"), "needed": found}


def compare(row, other, opt, through):
    """Kinds of disagreement over one file, each with its detail."""
    for kind in ("glibc", "glibcxx"):
        if row.get(kind) != other[kind]:
            yield kind, f"{row.get(kind)} here, {other[kind]} there"
    names = [need["library"] for need in row["needs"]]
    if sorted(names) != sorted(other["needed"]):
        yield "names", f"{names} here, {sorted(other['needed'])} there"
    for need in row["needs"]:
        path = need.get("path")
        here = str((opt / path.removeprefix("/opt/")).resolve()).removeprefix(str(opt)) if path else None
        there = other["needed"].get(need["library"])
        # a library alone lacks the run path of whatever loads it: then the trees of those are asked
        if here != there and not (there is None and here in through.get(need["library"], ())):
            yield "place", f"{need['library']}: {here or need['found']} here, {there or 'not found'} there"


def main():
    binary, runtime, *layers = sys.argv[1:]
    total, places = collections.Counter(), collections.Counter()
    distributions = set()
    for layer in layers:
        with tempfile.TemporaryDirectory() as folder:
            opt = pathlib.Path(folder).resolve()
            unpack(layer, opt)
            command = [binary, "native", "--json", "--all", layer, "--isolated", "--as", "layer"]
            command += ["--compatible-runtime", runtime, "--compatible-arch", "x86_64"]
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            deployments = json.loads(told.stdout)["deployments"]
            name = pathlib.Path(layer).name
            distributions.update(path.name for path in opt.rglob("*.dist-info"))
            through, compared = {}, []
            for row in deployments[0]["binaries"] if deployments else []:
                path = opt / row["path"].removeprefix("/opt/")
                other = theirs(path, opt, through) if row["format"].startswith("ELF x86_64") else None
                if other is None:
                    total["left out"] += 1
                    continue
                total["files"] += 1
                total["needs"] += len(row["needs"])
                for need in row["needs"]:
                    places[need["found"]] += 1
                compared.append((row, other))
            for row, other in compared:
                for kind, detail in compare(row, other, opt, through):
                    total[f"disagree: {kind}"] += 1
                    print(f"{name} {row['path']}: {kind}: {detail}")
    print(f"{len(layers)} layers, {len(distributions)} distributions, {dict(total)}, found: {dict(places)}")


if __name__ == "__main__":
    main()
