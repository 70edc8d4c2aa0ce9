#!/usr/bin/env python3
"""Requires real gems from a function through a layer with the Ruby of this machine, damages them, and compares with what layerlint says.

    benches/ruby_start.py --layerlint BINARY --packages FOLDER [--ruby RUBY] [--runtime ruby3.2] [GEM...]

FOLDER holds Debian's packages of gems, as `apt-get download ruby-rack ruby-sinatra ...` leaves them; dpkg unpacks them. A gem whose
dependencies are not all among them, or that has machine code, is left out. The version of Ruby need not be the runtime's: the gems are
plain Ruby. Prints Markdown: the figures, the gems, and every disagreement.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

import starts

ABI = {"ruby3.2": "3.2.0", "ruby3.3": "3.3.0", "ruby3.4": "3.4.0"}
# what a gemspec asks for, and what of that comes with Ruby
SPECIFICATION = """
require 'json'
specs = ARGV.map { |path| Gem::Specification.load(path) }
puts JSON.dump(specs.map { |s| { name: s.name, full: s.full_name, needs: s.runtime_dependencies.map(&:name), native: !s.extensions.empty? } })
"""
# aws_lambda_ric: the handler's file is required, then the method is called on Kernel
LAUNCH = """
require 'json'
file, name = ARGV[0].split('.', 2)
begin
  require file
  said = Kernel.respond_to?(name, true) ? '' : "undefined method `#{name}' for Kernel:Module"
rescue Exception => error
  said = "#{error.message} (#{error.class})"
end
puts JSON.dump(said)
"""
parser = argparse.ArgumentParser()
parser.add_argument("--layerlint", required=True)
parser.add_argument("--packages", type=pathlib.Path, required=True)
parser.add_argument("--ruby", default="ruby")
parser.add_argument("--runtime", default="ruby3.2", choices=ABI)
parser.add_argument("gems", nargs="*")
options = parser.parse_args()


def unpack(home):
    """One folder with gems/ and specifications/ of all packages, as RubyGems makes it."""
    for package in sorted(options.packages.glob("ruby-*.deb")):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dpkg", "-x", str(package), folder], check=True)
            there = pathlib.Path(folder, "usr/share/rubygems-integration/all")
            if there.is_dir():
                shutil.copytree(there, home, dirs_exist_ok=True, symlinks=True)
            # older packages have their files beside those of Ruby itself
            plain = pathlib.Path(folder, "usr/lib/ruby/vendor_ruby")
            specifications = list(there.glob("specifications/*.gemspec"))
            if plain.is_dir() and len(specifications) == 1:
                shutil.copytree(plain, home / "gems" / specifications[0].stem / "lib", dirs_exist_ok=True)


def read(home):
    paths = sorted(str(one) for one in (home / "specifications").glob("*.gemspec"))
    done = subprocess.run([options.ruby, "-e", SPECIFICATION, *paths], capture_output=True, text=True, check=True)
    return {one["name"]: one for one in json.loads(done.stdout)}


def closure(gems, name):
    """The gem with all that it needs; nothing where that is not all there, or is machine code."""
    found, waiting = {}, [name]
    while waiting:
        one = waiting.pop()
        if one in found or one in DEFAULT:
            continue
        if one not in gems or gems[one]["native"]:
            return None
        found[one] = gems[one]
        waiting += gems[one]["needs"]
    return found


def feature_of(home, gem):
    lib = home / "gems" / gem["full"] / "lib"
    for feature in (gem["name"], gem["name"].replace("-", "/"), gem["name"].replace("-", "_"), gem["name"].replace("rubyzip", "zip"),
                    gem["name"].replace("concurrent-ruby", "concurrent"), gem["name"].replace("activesupport", "active_support")):
        if (lib / f"{feature}.rb").is_file():
            return feature
    return None


def ruby_says(root, handler):
    """Nothing when it starts, else the error."""
    abi = ABI[options.runtime]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "GEM_HOME": str(root / "runtime"),
                   "GEM_PATH": f"{root}/task/vendor/bundle/ruby/{abi}:{root}/opt/ruby/gems/{abi}", "RUBYLIB": f"{root}/task:{root}/opt/ruby/lib"}
    done = subprocess.run([options.ruby, "-W0", "-e", LAUNCH, handler], capture_output=True, text=True, timeout=180, cwd=root / "task", env=environment)
    try:
        said = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return "ended: " + done.stderr.strip()[-200:]
    return said.replace(str(root / "task"), "/var/task").replace(str(root / "opt"), "/opt")


def dependency_removed(layer, gem, gems, choice):
    others = sorted(name for name in gems if name != gem["name"])
    if not others:
        return None
    gone = gems[choice.choice(others)]["full"]
    shutil.rmtree(layer / "gems" / gone)
    (layer / "specifications" / f"{gone}.gemspec").unlink()
    return f"without {gone}"


def wrong_folder(layer, _gem, _gems, _choice):
    layer.rename(layer.parents[2] / "gems")
    return "in gems/"


def other_version(layer, _gem, _gems, _choice):
    layer.rename(layer.with_name("3.1.0"))
    return "in ruby/gems/3.1.0"


def no_version(layer, _gem, _gems, _choice):
    for one in list(layer.iterdir()):
        one.rename(layer.parent / one.name)
    layer.rmdir()
    return "in ruby/gems"


def no_gemspecs(layer, _gem, _gems, _choice):
    shutil.rmtree(layer / "specifications")
    return "without specifications/"


def no_gemspec(layer, gem, _gems, _choice):
    (layer / "specifications" / f"{gem['full']}.gemspec").unlink()
    return "without its gemspec"


def main_file(layer, gem, _gems, _choice):
    (layer / "gems" / gem["full"] / "lib" / f"{gem['feature']}.rb").unlink()
    return "without its main file"


def half(layer, gem, _gems, choice):
    found = sorted((layer / "gems" / gem["full"] / "lib").rglob("*.rb"))
    found = [one for one in found if one.name != f"{gem['feature']}.rb"]
    for one in choice.sample(found, len(found) // 2):
        one.unlink()
    return "half of its files" if len(found) > 1 else None


def no_layer(layer, _gem, _gems, _choice):
    shutil.rmtree(layer.parents[1])
    (layer.parents[2] / "other.txt").write_text("x\n")
    return "another layer"


DAMAGES = {
    "a dependency removed": dependency_removed, "in the wrong folder": wrong_folder, "in the folder of another Ruby": other_version,
    "in no folder of a version": no_version, "all gemspecs removed": no_gemspecs, "its gemspec removed": no_gemspec,
    "its main file removed": main_file, "half of its files": half, "the layer left out": no_layer,
    "the handler's file renamed": "main.handler", "a file of the function left out": "helpers", "the handler's method renamed": "app.main",
}


def deployment(root, home, gem, gems):
    layer = root / "opt/ruby/gems" / ABI[options.runtime]
    (layer / "specifications").mkdir(parents=True)
    for one in gems.values():
        shutil.copytree(home / "gems" / one["full"], layer / "gems" / one["full"], symlinks=True)
        shutil.copy(home / "specifications" / f"{one['full']}.gemspec", layer / "specifications")
    (root / "task").mkdir()
    (root / "runtime").mkdir()
    (root / "task/helpers.rb").write_text("HELP = 1\n")
    (root / "task/app.rb").write_text(f"require '{gem['feature']}'\nrequire_relative 'helpers'\n\ndef handler(event:, context:)\n  HELP\nend\n")
    return layer


def one_start(home, gem, gems, damage, do):
    with tempfile.TemporaryDirectory() as folder:
        root, handler = pathlib.Path(folder), "app.handler"
        layer = deployment(root, home, gem, gems)
        what = damage
        if do == "helpers":
            (root / "task/helpers.rb").unlink()
        elif isinstance(do, str):
            handler = do
        elif do:
            what = do(layer, gem, gems, random.Random(f"{gem['name']} {damage}"))
        if not what:
            return None
        said = ruby_says(root, handler)
        # a package that works is to be called faulty by no rule at all
        rules = ["--select", starts.CAUSES] if do else []
        kind, findings = starts.outcome(said, starts.told(options.layerlint, root / "task", root / "opt", options.runtime, handler, rules))
        return kind, starts.report(gem["name"], what, kind, said, findings)


# gems that come with Ruby wherever it looks for others
DEFAULT = set(subprocess.run([options.ruby, "-e", "puts Gem::Specification.stubs.map(&:name)"], capture_output=True, text=True, check=True,
                             env={"PATH": os.environ["PATH"], "GEM_HOME": "/nowhere", "GEM_PATH": "/nowhere"}).stdout.split())


def main():
    counts, notes, rows = {}, [], []
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        unpack(home)
        gems = read(home)
        for name in options.gems or sorted(gems):
            needs = closure(gems, name)
            gem = gems[name]
            gem["feature"] = feature_of(home, gem)
            if not needs or not gem["feature"]:
                continue
            for damage, do in {"as installed": None, **DAMAGES}.items():
                result = one_start(home, gem, needs, damage, do)
                if not result:
                    continue
                kind, note = result
                counts.setdefault(damage, []).append(kind)
                if kind in ("false alarm", "missed", "foretold") or (not do and kind != "starts"):
                    notes.append(note)
            rows.append(gem["full"])
    print(starts.table(counts) + f"\n\n{len(rows)} gems: {', '.join(rows)}\n\n" + "\n".join(notes))


main()
