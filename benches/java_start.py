#!/usr/bin/env python3
"""Uses real jars from handlers through a layer, looks the handlers up with the Java of this machine, damages the layer, and compares.

    benches/java_start.py --layerlint BINARY --packages FOLDER [--runtime java17]

FOLDER holds Debian's packages of Java libraries, as `apt-get download libgoogle-gson-java libguava-java ...` leaves them. For each library
a handler is compiled that has one of its types in the signature of a method, and one that extends one of its classes. They are looked up
on Lambda's class path as tests/support/Launcher.java does it. Prints Markdown: the figures, the jars, and every disagreement.
"""
import argparse
import io
import pathlib
import shutil
import subprocess
import tempfile
import zipfile

import starts

ROOT = pathlib.Path(__file__).resolve().parent.parent
# a library: its jar, what it needs beside, a type for a signature, and a class to extend with what its constructor is given
LIBRARIES = {
    "bcprov": ([], "org.bouncycastle.util.encoders.Hex", "org.bouncycastle.crypto.digests.SHA256Digest"),
    "commons-codec": ([], "org.apache.commons.codec.binary.Base64", "org.apache.commons.codec.binary.Base64"),
    "commons-collections4": ([], "org.apache.commons.collections4.Bag", "org.apache.commons.collections4.map.HashedMap"),
    "commons-csv": ([], "org.apache.commons.csv.CSVFormat", None),
    "commons-io": ([], "org.apache.commons.io.IOCase", "org.apache.commons.io.output.ByteArrayOutputStream"),
    "commons-lang3": ([], "org.apache.commons.lang3.Range", "org.apache.commons.lang3.mutable.MutableInt"),
    "commons-math3": ([], "org.apache.commons.math3.complex.Complex", "org.apache.commons.math3.random.MersenneTwister"),
    "commons-text": (["commons-lang3"], "org.apache.commons.text.StringSubstitutor", "org.apache.commons.text.StringSubstitutor"),
    "dom4j": ([], "org.dom4j.Document", "org.dom4j.DocumentFactory"),
    "gson": ([], "com.google.gson.Gson", None),
    "guava": ([], "com.google.common.collect.ImmutableList", "com.google.common.eventbus.EventBus"),
    "httpclient": (["httpcore", "commons-logging"], "org.apache.http.client.methods.HttpGet", "org.apache.http.client.methods.HttpGet"),
    "jackson-core": ([], "com.fasterxml.jackson.core.JsonParser", "com.fasterxml.jackson.core.JsonFactory"),
    "jackson-databind": (["jackson-core", "jackson-annotations"], "com.fasterxml.jackson.databind.JsonNode", "com.fasterxml.jackson.databind.ObjectMapper"),
    "jdom2": ([], "org.jdom2.Document", "org.jdom2.Element"),
    "joda-time": ([], "org.joda.time.DateTime", None),
    "jsoup": ([], "org.jsoup.nodes.Document", "org.jsoup.select.Elements"),
    "log4j-core": (["log4j-api"], "org.apache.logging.log4j.core.Logger", None),
    "logback-classic": (["logback-core", "slf4j-api"], "ch.qos.logback.classic.Logger", "ch.qos.logback.classic.PatternLayout"),
    "postgresql": ([], "org.postgresql.PGConnection", "org.postgresql.Driver"),
    "protobuf": ([], "com.google.protobuf.ByteString", None),
    "slf4j-api": ([], "org.slf4j.Logger", "org.slf4j.helpers.BasicMarkerFactory"),
    "snakeyaml": ([], "org.yaml.snakeyaml.DumperOptions", "org.yaml.snakeyaml.Yaml"),
    "spring-core": ([], "org.springframework.core.io.Resource", "org.springframework.util.AntPathMatcher"),
    "velocity": ([], "org.apache.velocity.Template", "org.apache.velocity.VelocityContext"),
}
CLIENT = {
    "Context": "public interface Context {}",
    "RequestHandler": "public interface RequestHandler<I, O> { O handleRequest(I input, Context context); }",
    "RequestStreamHandler": "public interface RequestStreamHandler "
    "{ void handleRequest(java.io.InputStream in, java.io.OutputStream out, Context context) throws java.io.IOException; }",
}
HANDLER = """package app; import com.amazonaws.services.lambda.runtime.*;
public class Handler implements RequestHandler<String, String> {
    public String handleRequest(String event, Context context) { return event; }
    public Object run(TYPE input) { return input; }
}"""
SUBCLASS = """package app; import com.amazonaws.services.lambda.runtime.*;
public class Sub extends BASE implements RequestHandler<String, String> {
    public String handleRequest(String event, Context context) { return event; }
}"""
parser = argparse.ArgumentParser()
parser.add_argument("--layerlint", required=True)
parser.add_argument("--packages", type=pathlib.Path, required=True)
parser.add_argument("--runtime", default="java17", choices=["java11", "java17", "java21", "java25"])
options = parser.parse_args()


def compile_all(sources, out, jars):
    """What the compiler says, nothing when it is content."""
    command = ["javac", "-proc:none", "-nowarn", "-encoding", "UTF-8", "--release", options.runtime[4:], "-d", out, "-cp", ":".join(map(str, jars))]
    return subprocess.run([*command, *sources], capture_output=True, text=True).stderr if sources else ""


def launcher(folder):
    package = folder / "src/com/amazonaws/services/lambda/runtime"
    package.mkdir(parents=True)
    for name, text in CLIENT.items():
        (package / f"{name}.java").write_text(f"package com.amazonaws.services.lambda.runtime; {text}")
    said = compile_all([*package.glob("*.java"), ROOT / "tests/support/Launcher.java"], folder / "out", [])
    if said:
        raise SystemExit(said)
    return folder / "out"


def unpack(folder):
    """Each jar of the packages, by its name without a version."""
    for package in sorted(options.packages.glob("*-java_*.deb")) + sorted(options.packages.glob("*.deb")):
        subprocess.run(["dpkg", "-x", package, folder], check=True)
    there = {one.stem: one for one in (folder / "usr/share/java").glob("*.jar") if one.is_file()}
    for one in {jar.resolve() for jar in there.values()}:
        one.write_bytes(plain(one))
    return there


def plain(jar):
    """The jar as it is published: Debian names the jars of its own system in the manifest."""
    out = io.BytesIO()
    with zipfile.ZipFile(jar) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            data = old.read(one)
            if one.filename == "META-INF/MANIFEST.MF":
                lines = data.replace(b"\r\n", b"\n").replace(b"\n ", b"").split(b"\n")
                kept = [line for line in lines if line.startswith((b"Manifest-Version", b"Multi-Release"))]
                data = b"\n".join(kept) + b"\n"
            new.writestr(one.filename, data)
    return out.getvalue()


def java_says(root, client, handlers):
    done = subprocess.run(["java", "-Xshare:auto", "-cp", client, "Launcher", root, *handlers], capture_output=True, text=True, timeout=180)
    lines = done.stdout.splitlines()
    return ["" if line == "ok" else line.split(" ", 1)[1] for line in lines]


def newer(jar, name):
    """The jar with one class, or all, of a Java there is not yet."""
    out = io.BytesIO()
    with zipfile.ZipFile(jar) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            data = old.read(one)
            is_it = one.filename.endswith(".class") and (name is None or one.filename == name.replace(".", "/") + ".class")
            new.writestr(one.filename, data[:6] + b"\0\x63" + data[8:] if is_it else data)
    return out.getvalue()


def replace(path, data):
    path.unlink()
    path.write_bytes(data)


def moved(to):
    def move(lib, jar, _needs):
        target = lib.parents[1] / to / (jar if to != "java/lib" else jar.replace(".jar", ".JAR"))
        target.parent.mkdir(parents=True, exist_ok=True)
        (lib / jar).rename(target)
        return target.relative_to(lib.parents[1])
    return move


def without_need(lib, _jar, needs):
    if not needs:
        return None
    (lib / f"{needs[0]}.jar").unlink()
    return f"without {needs[0]}"


def changed(change):
    def do(lib, jar, _needs):
        replace(lib / jar, change(lib / jar))
        return "changed"
    return do


def removed(lib, jar, _needs):
    (lib / jar).unlink()
    return f"without {jar}"


def left_out(lib, _jar, _needs):
    shutil.rmtree(lib)
    lib.mkdir()
    (lib / "other.txt").write_text("x\n")
    return "another layer"


def handler_of(change):
    def do(lib, _jar, _needs):
        task = lib.parents[2] / "var/task/app"
        for one in list(task.glob("*.class")):
            change(one)
        return "the handler"
    return do


DAMAGES = {
    "its jar removed": removed, "a dependency's jar removed": without_need, "in java/ of the layer": moved("java"), "in lib/ of the layer": moved("lib"),
    "in a folder below java/lib": moved("java/lib/deep"), "its ending in capitals": moved("java/lib"),
    "cut in half": changed(lambda jar: jar.read_bytes()[: jar.stat().st_size // 2]), "a web page": changed(lambda _: b"<html>not found</html>"),
    "its classes too new": changed(lambda jar: newer(jar, None)), "the layer left out": left_out,
    "the handler's class renamed": handler_of(lambda one: one.rename(one.with_name("New" + one.name))),
    "the handler too new": handler_of(lambda one: replace(one, one.read_bytes()[:6] + b"\0\x63" + one.read_bytes()[8:])),
}


def one_start(client, classes, jars, name, damage, do):
    """An outcome for each handler of the library."""
    needs = LIBRARIES[name][0]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        lib = root / "opt/java/lib"
        lib.mkdir(parents=True)
        for one in [name, *needs]:
            shutil.copyfile(jars[one], lib / f"{one}.jar")
        shutil.copytree(classes, root / "var/task")
        if do and not do(lib, f"{name}.jar", needs):
            return
        handlers = ["app.Handler", "app.Handler::run"] + (["app.Handler::gone"] if not do else []) + (["app.Sub"] if LIBRARIES[name][2] else [])
        for handler, said in zip(handlers, java_says(root, client, handlers)):
            rules = ["--select", starts.CAUSES] if do or "gone" in handler else []
            found = starts.told(options.layerlint, root / "var/task", root / "opt", options.runtime, handler, rules)
            kind, counted = starts.outcome(said, found)
            what = "the method renamed" if "gone" in handler else damage
            yield what, kind, starts.report(f"{name} {handler}", what, kind, said, counted)


def main():
    counts, notes, used = {}, [], []
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        client, jars = launcher(work / "client"), unpack(work / "packages")
        for name, (needs, kind, base) in LIBRARIES.items():
            if not all(one in jars for one in [name, *needs]):
                print(f"no jar for {name}", flush=True)
                continue
            source, classes = work / name / "src", work / name / "classes"
            source.mkdir(parents=True)
            (source / "Handler.java").write_text(HANDLER.replace("TYPE", kind))
            if base:
                (source / "Sub.java").write_text(SUBCLASS.replace("BASE", base))
            said = compile_all(list(source.glob("*.java")), classes, [client, *(jars[one] for one in [name, *needs])])
            if "error" in said:
                print(f"{name}: {said[:400]}", flush=True)
                continue
            for damage, do in {"as installed": None, **DAMAGES}.items():
                for what, outcome, note in one_start(client, classes, jars, name, damage, do):
                    counts.setdefault(what, []).append(outcome)
                    if outcome in ("false alarm", "missed", "foretold") or (what == "as installed" and outcome != "starts"):
                        notes.append(note)
            used.append(jars[name].resolve().name.removesuffix(".jar"))
    print(starts.table(counts) + f"\n\n{len(used)} libraries: {', '.join(used)}\n\n" + "\n".join(notes))


main()
