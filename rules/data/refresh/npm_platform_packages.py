#!/usr/bin/env python3
"""Compares rules/data/npm-platform-packages.toml with the newest versions on npm.

    npm_platform_packages.py    exits with 1 and says what differs when a newest version does not list what the table needs of it
"""
import json
import pathlib
import re
import subprocess
import sys

TABLE = pathlib.Path(__file__).resolve().parent.parent / "npm-platform-packages.toml"


def optional_dependencies(name):
    done = subprocess.run(["npm", "view", "--json", name, "version", "optionalDependencies"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found.get("version", "?"), set(found.get("optionalDependencies", {}))


def main():
    differs = False
    for block in re.split(r"(?m)^\[\[package\]\]$", TABLE.read_text())[1:]:
        name = re.search(r'^name = "(.+)"$', block, re.M).group(1)
        needs = re.search(r"^needs = \[(.*)\]$", block, re.M).group(1)
        version, listed = optional_dependencies(name)
        for cpu in ("x64", "arm64"):
            for need in re.findall(r'"([^"]+)"', needs):
                wanted = need.replace("{cpu}", cpu)
                if wanted not in listed:
                    differs = True
                    print(f"{name} {version} does not list {wanted}", file=sys.stderr)
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
