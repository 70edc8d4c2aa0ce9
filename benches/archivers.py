#!/usr/bin/env python3
"""Packs one layer with the archivers of npm and asks layerlint about each: nothing of archive/* may warn.

    benches/archivers.py [target/release/layerlint]

Needs node and npm, and installs the archivers into a folder that it removes again."""

import json
import pathlib
import subprocess
import sys
import tempfile

ARCHIVERS = {
    "archiver": """
const zip = new (require('archiver').ZipArchive ?? class { constructor(o) { return require('archiver')('zip', o) } })({ zlib: { level: 9 } });
zip.pipe(fs.createWriteStream(out)); zip.directory('layer', false); zip.finalize();""",
    "jszip": """
const zip = new (require('jszip'))(); walk((name, bytes) => zip.file(name, bytes), (name) => zip.folder(name));
zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE', platform: 'UNIX' }).then((b) => fs.writeFileSync(out, b));""",
    "jszip, streamed": """
const zip = new (require('jszip'))(); walk((name, bytes) => zip.file(name, bytes), (name) => zip.folder(name));
zip.generateNodeStream({ streamFiles: true, compression: 'DEFLATE' }).pipe(fs.createWriteStream(out));""",
    "adm-zip": """
const zip = new (require('adm-zip'))(); zip.addLocalFolder('layer'); zip.writeZip(out);""",
    "yazl": """
const zip = new (require('yazl').ZipFile)(); walk((name, bytes) => zip.addBuffer(bytes, name), (name) => zip.addEmptyDirectory(name));
zip.outputStream.pipe(fs.createWriteStream(out)); zip.end();""",
    "yazl, zip64": """
const zip = new (require('yazl').ZipFile)();
walk((name, bytes) => zip.addBuffer(bytes, name, { forceZip64Format: true }), (name) => zip.addEmptyDirectory(name));
zip.outputStream.pipe(fs.createWriteStream(out)); zip.end({ forceZip64Format: true });""",
    "fflate": """
const files = {}; walk((name, bytes) => { files[name] = new Uint8Array(bytes); }, () => {});
fs.writeFileSync(out, require('fflate').zipSync(files));""",
    "cross-zip": """
require('cross-zip').zipSync('layer/python', out);""",
    "bestzip": """
require('bestzip')({ source: '.', destination: out, cwd: 'layer' });""",
    "@zip.js/zip.js": """
const z = require('@zip.js/zip.js'); const w = new z.Uint8ArrayWriter(); const zip = new z.ZipWriter(w); const all = [];
walk((name, bytes) => all.push([name, bytes]), () => {});
(async () => { for (const [n, b] of all) await zip.add(n, new z.Uint8ArrayReader(new Uint8Array(b)));
fs.writeFileSync(out, await zip.close()); })();""",
}

WALK = """
const fs = require('fs'); const path = require('path'); const out = path.resolve(process.argv[2]);
function walk(file, folder, at = 'layer') {
  for (const one of fs.readdirSync(at, { withFileTypes: true })) {
    const inner = at + '/' + one.name; const name = inner.slice('layer/'.length);
    if (one.isDirectory()) { folder(name + '/'); walk(file, folder, inner); } else file(name, fs.readFileSync(inner));
  }
}
"""


def tree(root: pathlib.Path) -> None:
    (root / "python/größe").mkdir(parents=True)
    (root / "python/empty").mkdir()
    (root / "python/größe/__init__.py").write_text("")
    (root / "python/app.py").write_text("def handler(event, context):\n    return 1\n" * 400)
    (root / "python/data.bin").write_bytes(bytes(range(256)) * 20)


def said(layerlint: str, package: pathlib.Path) -> list[str]:
    command = [layerlint, "check", "--verify", "--isolated", "--format", "json", "--runtime", "python3.13", "--layer", str(package)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    found = [one for one in report["findings"] if one["rule"].startswith("archive/") and one["severity"] != "info"]
    return [f"{one['rule']}: {one['message']}" for one in found]


def main() -> int:
    layerlint = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/release/layerlint").resolve())
    blamed = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        tree(root / "layer")
        packages = sorted({name.split(",")[0] for name in ARCHIVERS})
        (root / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], cwd=root, check=True)
        for at, (name, code) in enumerate(ARCHIVERS.items()):
            (root / "pack.cjs").write_text(WALK + code)
            package = root / f"{at}.zip"
            ended = subprocess.run(["node", "pack.cjs", package.name], cwd=root, capture_output=True, text=True)
            if not package.is_file():
                print(f"{name}: made nothing: {ended.stderr.strip()[-300:]}")
                blamed += 1
                continue
            found = said(layerlint, package)
            blamed += bool(found)
            print(f"{name}: {found or 'nothing to say'}")
    return 1 if blamed else 0


if __name__ == "__main__":
    sys.exit(main())
