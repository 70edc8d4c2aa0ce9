#!/usr/bin/env python3
"""Uses popular npm packages from functions through layers, really starts them, damages them, and compares with what layerlint says.

usage: benches/node_start.py [--node NODE] [--layerlint PROGRAM] [--cache FOLDER] [--only NAME,...] [--write docs/node-start.md]

Needs npm, a Node.js (its major version is the runtime that is judged) and a built layerlint. Packages are installed once into the cache,
without their install scripts, for linux, x64 and glibc. Each is loaded by require and by import from a function whose layer it is; then its
direct dependencies are removed one by one, its package.json is cut in half, its main file is removed. Deployments are laid out below a
folder and started as tests/support/node-launcher.mjs does. Eleven kinds of damage are shown with both texts.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAUNCHER = ROOT / "tests/support/node-launcher.mjs"
PACKAGES = """
@apollo/server @aws-lambda-powertools/logger @aws-sdk/client-dynamodb @aws-sdk/client-s3 @aws-sdk/lib-dynamodb @middy/core @nestjs/core
@prisma/client ajv async aws-sdk aws-xray-sdk axios bcryptjs better-sqlite3 bluebird chalk cheerio date-fns dayjs dotenv esbuild express
fast-xml-parser fastify form-data got graphql handlebars ioredis joi js-yaml jsdom jsonwebtoken knex koa lodash moment mongodb mongoose mysql2
nanoid node-fetch nodemailer openai pg pino puppeteer-core redis rxjs semver serverless-http sharp socket.io-client stripe typeorm undici uuid
winston ws xml2js zod
""".split()

REQUIRE = "const it = require('{name}');\nexports.handler = async () => typeof it;\n"
IMPORT = "import * as it from '{name}';\nexport const handler = async () => typeof it;\n"


def install(cache, name, spec=None):
    """The folder that becomes the layer: nodejs/node_modules below it."""
    spec = spec or name
    folder = cache / spec.replace("/", "_").replace("@", "_").replace(" ", "+")
    if not (folder / "nodejs/node_modules" / name / "package.json").exists():
        (folder / "nodejs").mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--os=linux", "--cpu=x64",
                        "--libc=glibc", *spec.split()], cwd=folder / "nodejs", check=True, stdout=subprocess.DEVNULL)
    return folder


class Bench:
    def __init__(self, options):
        self.options = options
        version = subprocess.run([options.node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        self.version, self.major = version, int(version[1:].split(".")[0])
        self.flags = ["--no-experimental-require-module"] if self.major >= 20 else []
        self.flags += ["--no-experimental-detect-module"] if self.major >= 22 else []

    def lay_out(self, work, function, layers):
        """Function and layers as Lambda unpacks them. Files are hard links to the cache: a change has to replace them."""
        root = work / "root"
        (root / "opt").mkdir(parents=True)
        for layer in layers:
            subprocess.run(["cp", "-rl", "--no-target-directory", str(layer), str(root / "opt")], check=True)
        shutil.copytree(function, root / "var/task")
        (root / "var/runtime").mkdir()
        (root / "var/runtime/node_modules").symlink_to(self.sdk / "nodejs/node_modules")
        return root

    def start(self, root, handler):
        """What Node.js does: a dict with ok, or type, code and message."""
        folders = [f"opt/nodejs/node{self.major}/node_modules", "opt/nodejs/node_modules", "var/runtime/node_modules", "var/runtime", "var/task"]
        environment = {"NODE_PATH": ":".join(str(root / one) for one in folders), "NODE_NO_WARNINGS": "1", "PATH": os.environ["PATH"]}
        done = subprocess.run([self.options.node, *self.flags, str(LAUNCHER), str(root), handler], capture_output=True, text=True,
                              env=environment, timeout=120)
        for line in reversed(done.stdout.splitlines()):
            if line.startswith("{"):
                return json.loads(line)
        return {"type": "crash", "message": done.stderr.strip()[:300]}

    def judge(self, work, function, layers, handler):
        """What layerlint says: findings that say that the function does not start."""
        lines = []
        for at, layer in enumerate(layers):
            lines.append(f'[layer.deps{at}]\npath = "{layer}"\ncompatible-runtimes = ["nodejs{self.major}.x"]\n')
        names = ", ".join(f'"deps{at}"' for at in range(len(layers)))
        lines.append(f'[function.orders]\npath = "{function}"\nruntime = "nodejs{self.major}.x"\nhandler = "{handler}"\nlayers = [{names}]\n')
        (work / "layerlint.toml").write_text("\n".join(lines))
        begin = time.perf_counter()
        done = subprocess.run([self.options.layerlint, "--format", "json", "--select", "runtime,layout", "--ignore", "runtime/deprecated", "layerlint.toml"],
                              cwd=work, capture_output=True, text=True)
        took = time.perf_counter() - begin
        try:
            report = json.loads(done.stdout)
        except json.JSONDecodeError:
            sys.exit(f"layerlint: {done.stderr}")
        return [one for one in report["findings"] if one["severity"] == "error"], took

    def both(self, function, layers, handler, change=None):
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            root = self.lay_out(work, function, layers)
            if change:
                change(root)
            # the merged tree is one layer: what a change did is in it
            said, took = self.judge(work, root / "var/task", [root / "opt"], handler)
            return said, self.start(root, handler), took


def function_of(folder, name, kind):
    function = folder / f"fn-{kind}"
    function.mkdir(exist_ok=True)
    (function / ("index.js" if kind == "require" else "index.mjs")).write_text((REQUIRE if kind == "require" else IMPORT).format(name=name))
    return function


def text_of(finding):
    return finding.get("lambda_error") or finding["message"]


def agrees(said, seen):
    """Whether a finding quotes what is seen; `Error [CODE]: x` is how a log shows `Error: x`."""
    if seen.get("ok"):
        return not said
    message = seen["message"].split(" imported from ")[0]
    for one in said:
        words = text_of(one).split(" imported from ")[0]
        plain = words.split(" [")[0] + ": " + words.split("]: ")[1] if "]: " in words else words
        start = ": ".join(words.split(": ")[:2])
        if words in message or plain in message or (one["rule"].endswith("package-json") and start in message):
            return True
        if words.endswith(": SyntaxError") and seen["type"] in words:
            return True
        # a package speaks for itself when its platform package is missing; a wrong folder is told once
        if one["rule"] in ("runtime/platform-package-missing", "layout/unreachable-packages"):
            return True
    return False


def outcome(said, seen):
    if seen.get("ok"):
        return "false alarm" if said else "right"
    if not said:
        return "missed"
    return "right" if agrees(said, seen) else "other words"


def shorten(text):
    return text.splitlines()[0][:150].replace("|", "\\|") if text else ""


def cell(said):
    return "loads" if not said else "`" + shorten(text_of(said[0])) + "`"


def seen_cell(seen):
    return "loads" if seen.get("ok") else "`" + shorten(seen["message"]) + "`"


def replace(path, text):
    path.unlink()
    path.write_text(text)


def damages_of(folder, name):
    """Generic damage: each direct dependency removed, the package.json cut, the main file removed."""
    modules = "opt/nodejs/node_modules"
    manifest = json.loads((folder / "nodejs/node_modules" / name / "package.json").read_text())
    for dependency in sorted(manifest.get("dependencies", {})):
        if (folder / "nodejs/node_modules" / dependency).is_dir():
            yield f"without {dependency}", lambda root, one=dependency: shutil.rmtree(root / modules / one)

    def cut(root):
        path = root / modules / name / "package.json"
        replace(path, path.read_text()[: path.stat().st_size // 2])

    yield "package.json cut in half", cut
    main = manifest.get("main") or "index.js"
    for path in (main, main + ".js", main + "/index.js"):
        if (folder / "nodejs/node_modules" / name / path).is_file():
            yield "without its main file", lambda root, one=path: (root / modules / name / one).unlink()
            break


def popular(bench, cache, names):
    rows, totals, times = [], {}, []
    folders = {name: install(cache, name) for name in names}

    def run(name):
        folder, cells, notes = folders[name], [], []
        for kind in ("require", "import"):
            function = function_of(folder, name, kind)
            said, seen, took = bench.both(function, [folder_layer(folder)], "index.handler")
            cells.append((cell(said), seen_cell(seen), outcome(said, seen)))
            times.append(took)
        results = {}
        for what, change in damages_of(folder, name):
            for kind in ("require", "import"):
                said, seen, _ = bench.both(function_of(folder, name, kind), [folder_layer(folder)], "index.handler", change)
                verdict = outcome(said, seen)
                results.setdefault(verdict if not seen.get("ok") or verdict != "right" else "harmless", []).append(f"{kind} {what}")
                if verdict != "right":
                    notes.append((name, kind, what, verdict, cell(said), seen_cell(seen)))
        return name, cells, results, notes

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, cells, results, notes in pool.map(run, names):
            rows.append((name, folders[name], cells, results))
            for verdict, those in results.items():
                totals[verdict] = totals.get(verdict, 0) + len(those)
            for note in notes:
                print("  ".join(note), file=sys.stderr)
    return rows, totals, times


def folder_layer(folder):
    layer = folder / "layer"
    if not layer.exists():
        layer.mkdir()
        (layer / "nodejs").mkdir()
        os.rename(folder / "nodejs/node_modules", layer / "nodejs/node_modules")
        os.symlink("../layer/nodejs/node_modules", folder / "nodejs/node_modules")
    return layer


def kinds_of_damage(bench, cache):
    """Eleven kinds of damage, each with the text that is predicted and the text that is seen."""
    modules = "opt/nodejs/node_modules"
    work = cache / "kinds"
    shutil.rmtree(work, ignore_errors=True)

    def function(number, files):
        folder = work / str(number)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return folder

    def move(root):
        (root / "opt/nodejs/node_modules").rename(root / "opt/node_modules")

    def break_json(root):
        path = root / modules / "dayjs/package.json"
        replace(path, path.read_text().replace('"version"', '<<<<<<< HEAD\n"version"', 1))

    def overwrite(root):
        # a newer package.json over the files of an older version
        newer = folder_layer(install(cache, "uuid", "uuid@9")) / "nodejs/node_modules/uuid/package.json"
        replace(root / modules / "uuid/package.json", newer.read_text())

    require = "const it = require('{}');\nexports.handler = async () => it;\n"
    kinds = [
        ("dependency removed", "express", None, {"index.js": require.format("express")}, "index.handler",
         lambda root: shutil.rmtree(root / modules / "body-parser")),
        ("wrong folder", "zod", None, {"index.js": require.format("zod")}, "index.handler", move),
        ("renamed handler", "zod", None, {"index.js": require.format("zod")}, "index.main", None),
        ("missing export", "nanoid", None, {"index.mjs": "import { nanoID } from 'nanoid';\nexport const handler = async () => nanoID();\n"},
         "index.handler", None),
        ("ES module as CommonJS", "got", None, {"index.js": "import got from 'got';\nexport const handler = async () => got;\n"}, "index.handler", None),
        ("CommonJS asks for an ES module", "got", None, {"index.js": require.format("got")}, "index.handler", None),
        ("broken package.json", "dayjs", None, {"index.js": require.format("dayjs")}, "index.handler", break_json),
        ("removed main file", "moment", None, {"index.js": require.format("moment")}, "index.handler",
         lambda root: (root / modules / "moment/moment.js").unlink()),
        ("a path that is not exported", "ioredis", None, {"index.mjs": "import x from 'uuid/dist/v4.js';\nexport const handler = async () => x;\n"},
         "index.handler", None),
        ("missing platform package", "sharp", None, {"index.js": require.format("sharp")}, "index.handler",
         lambda root: shutil.rmtree(root / modules / "@img/sharp-linux-x64")),
        ("half-overwritten package", "uuid", "uuid@3", {"index.js": require.format("uuid")}, "index.handler", overwrite),
    ]
    rows = []
    for number, (what, name, spec, files, handler, change) in enumerate(kinds):
        if what == "a path that is not exported":
            name, spec = "uuid", "uuid@9"
        layer = folder_layer(install(cache, name, spec))
        said, seen, _ = bench.both(function(number, files), [layer], handler, change)
        rows.append((what, name, said, seen, outcome(said, seen)))
    return rows


def page(bench, rows, totals, times, kinds):
    loads = sum(1 for _, _, cells, _ in rows for said, seen, _ in cells if seen == "loads")
    right = sum(1 for _, _, cells, _ in rows for _, _, verdict in cells if verdict == "right")
    alarms = sum(1 for _, _, cells, _ in rows for _, _, verdict in cells if verdict == "false alarm")
    alarms += totals.get("false alarm", 0)
    out = [
        "# Does it start? Node.js compared with the report",
        "",
        "Popular npm packages, installed into a layer for Linux and used from a function by `require` and by `import`. Each deployment was judged",
        f"and then really started with Node.js {bench.version}, with the flags and the search path of the runtime. Made by",
        "[benches/node_start.py](../benches/node_start.py), which anybody can run; generated cases are in",
        "[tests/node_start.rs](../tests/node_start.rs).",
        "",
        f"* {len(rows)} packages, {2 * len(rows)} deployments: {loads} load, {2 * len(rows) - loads} do not; the report was right about {right}.",
        f"* False alarms: {alarms}.",
        f"* Damage (each direct dependency removed, package.json cut, main file removed): {sum(totals.values())} deployments, of which "
        f"{totals.get('harmless', 0)} still load without a finding; of the others {totals.get('right', 0)} are reported with the words that Node.js "
        f"then says, {totals.get('other words', 0)} with other words, {totals.get('missed', 0)} are missed.",
        "",
    ]
    if "release" in bench.options.layerlint:
        out[-1:] = [f"* A whole run of layerlint took {sorted(times)[len(times) // 2]:.2f} s (median) and {max(times):.2f} s (longest), {os.cpu_count()} at a time on the machine.", ""]
    out += [
        "## Kinds of damage",
        "",
        "| damage | package | predicted | seen |",
        "| --- | --- | --- | --- |",
    ]
    for what, name, said, seen, _ in kinds:
        rule = f" ({said[0]['rule']})" if said else ""
        out.append(f"| {what} | {name} | {cell(said)}{rule} | {seen_cell(seen)} |")
    out += ["", "## Packages as they are", "", "| package | version | `require` | `import` | damage: reported, harmless, missed |", "| --- | --- | --- | --- | --- |"]
    for name, folder, cells, results in rows:
        version = json.loads((folder_layer(folder) / "nodejs/node_modules" / name / "package.json").read_text())["version"]
        shown = [said if said == "loads" and seen == "loads" else (said if verdict == "right" else f"{said}, seen {seen}") for said, seen, verdict in cells]
        count = lambda verdict: len(results.get(verdict, []))
        out.append(f"| {name} | {version} | {shown[0]} | {shown[1]} | {count('right') + count('other words')}, {count('harmless')}, {count('missed')} |")
    out += ["", "Missed is what only running the code would tell: packages that load a dependency lazily and fail on the spot (winston's formats), or",
            "check for it by other means. Nothing is said there on purpose, nor where the SDK of the runtime may bring what is missing: the stand-in",
            "for it has less than the service (strnum).", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--node", default="node")
    parser.add_argument("--layerlint", default=str(ROOT / "target/release/layerlint"))
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / "target/benches/npm")
    parser.add_argument("--only", default="")
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    options.layerlint = shutil.which(os.path.abspath(options.layerlint)) or sys.exit("build layerlint first: cargo build --release")
    cache = options.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    bench = Bench(options)
    # stands in for the SDK that the runtime brings
    bench.sdk = folder_layer(install(cache, "@aws-sdk/client-s3", "@aws-sdk/client-s3 @aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb"))
    names = [one for one in options.only.split(",") if one] or PACKAGES
    rows, totals, times = popular(bench, cache, names)
    text = page(bench, rows, totals, times, kinds_of_damage(bench, cache))
    if options.write:
        options.write.write_text(text)
    print(text)
    alarms = totals.get("false alarm", 0) + sum(1 for _, _, cells, _ in rows for _, _, verdict in cells if verdict == "false alarm")
    sys.exit(1 if alarms else 0)


if __name__ == "__main__":
    main()
