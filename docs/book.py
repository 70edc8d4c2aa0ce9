#!/usr/bin/env python3
"""Puts the documents and the rules' pages together for mdBook, and the reference of the configuration from its schema.

    docs/book.py OUT            writes the book's sources into OUT; then: mdbook build OUT
    docs/book.py OUT --check    also fails when a link of the book leads nowhere
"""
import json
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/layerlint/layerlint/blob/main/"
GUIDES = [
    ("Introduction", "README.md"),
    ("Getting started", "docs/getting-started.md"),
    ("In CI", "docs/ci.md"),
    ("Templates of SAM and CloudFormation", "docs/templates.md"),
    ("Terraform", "docs/templates-terraform.md"),
    ("AWS CLI, CDK, Serverless", "docs/templates-others.md"),
    ("Fleets", "docs/fleets.md"),
    ("Machine code, compared", "docs/native.md"),
    ("Hostile input", "docs/hostile-input.md"),
]
MORE = [
    ("What it promises to whoever scans strangers' files", "SECURITY.md"),
    ("How it is built", "ARCHITECTURE.md"),
    ("Contributing", "CONTRIBUTING.md"),
    ("Changes", "CHANGELOG.md"),
]


def rule_page(path):
    """A rule's page with its head as a line that people read."""
    text = path.read_text()
    head, body = re.fullmatch(r"```toml\n(.*?)\n```\n+(.*)", text, re.S).groups()
    head = tomllib.loads(head)
    title, rest = body.split("\n", 1)
    facts = [f"**{head['severity']}**", head["certainty"], f"since {head['since']}"]
    if "security-severity" in head:
        facts.append(f"security {head['security-severity']}")
    if "pedantic" in head.get("groups", []):
        facts.append("runs with `--pedantic`")
    return head, f"{title}\n\n{head['summary'].capitalize()}. {' · '.join(facts)}\n{rest}"


def configuration():
    """The reference of layerlint.toml, from the schema."""
    schema = json.loads((ROOT / "docs/layerlint.schema.json").read_text())
    definitions = schema.get("definitions", {})
    lines = ["# layerlint.toml", "", "Made from the [schema](" + REPOSITORY + "docs/layerlint.schema.json).", ""]

    def kind(value):
        if "$ref" in value:
            return f"`{value['$ref'].rsplit('/', 1)[1]}`"
        if "allOf" in value:
            return kind(value["allOf"][0])
        if "anyOf" in value:
            return " or ".join(kind(one) for one in value["anyOf"] if one.get("type") != "null")
        types = value.get("type", "any")
        types = [one for one in ([types] if isinstance(types, str) else types) if one != "null"]
        if "array" in types:
            return f"list of {kind(value.get('items', {}))}"
        if "object" in types and "additionalProperties" in value:
            return f"table of {kind(value['additionalProperties'])}"
        return " or ".join(types)

    def section(name, value):
        lines.extend([f"## {name}", "", value.get("description", ""), "", "| key | value | meaning |", "| --- | --- | --- |"])
        for key, one in value.get("properties", {}).items():
            meaning = one.get("description", "").replace("\n", " ").replace("|", "\\|")
            lines.append(f"| `{key}` | {kind(one)} | {meaning} |")
        lines.append("")

    section("The top level", schema)
    for name, value in definitions.items():
        if "properties" in value:
            section(name, value)
        else:
            choices = [one.get("description", "") for one in value.get("anyOf", [])]
            lines.extend([f"## {name}", "", value.get("description", ""), ""] + [f"- {one}" for one in choices] + [""])
    return "\n".join(lines)


def relinked(text, source, placed):
    """Links to documents of the book stay in the book, links to other files lead to the repository."""

    def one(match):
        target, anchor = (match.group(1).split("#", 1) + [""])[:2]
        if not target or "://" in target:
            return match.group(0)
        path = (ROOT / source).parent.joinpath(target).resolve()
        try:
            inside = path.relative_to(ROOT).as_posix()
        except ValueError:
            return match.group(0)
        anchor = f"#{anchor}" if anchor else ""
        if inside in placed:
            up = "../" * placed[source].count("/")
            return f"]({up}{placed[inside]}{anchor})"
        return f"]({REPOSITORY}{inside}{anchor})"

    return re.sub(r"\]\(([^)\s]+)\)", one, text)


def main():
    out = pathlib.Path(sys.argv[1])
    src = out / "src"
    documents = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").glob("*.md"))]
    named = {path for _, path in GUIDES + MORE}
    others = [(title_of(path), path) for path in documents if path not in named]
    placed = {path: "README.md" if path == "README.md" else pathlib.Path(path).name for _, path in GUIDES + MORE + others}
    pages = sorted((ROOT / "rules").glob("[a-z]*/*.md"))
    pages = [path for path in pages if path.parent.name != "data" and path.parent.parent.name == "rules"]
    placed |= {path.relative_to(ROOT).as_posix(): path.relative_to(ROOT).as_posix() for path in pages}
    placed["rules/README.md"] = "rules/README.md"
    (src / "rules").mkdir(parents=True, exist_ok=True)

    summary = ["# Summary", ""]
    for title, path in GUIDES:
        summary.append(f"- [{title}]({placed[path]})")
    summary += ["- [layerlint.toml](configuration.md)", "- [Rules](rules/README.md)"]
    table = ["# Rules", ""]
    category = None
    for path in pages:
        head, text = rule_page(path)
        relative = path.relative_to(ROOT).as_posix()
        if path.parent.name != category:
            category = path.parent.name
            table += ["", f"## {category}", "", "| rule | severity | what it finds |", "| --- | --- | --- |"]
        table.append(f"| [{path.stem}]({category}/{path.name}) | {head['severity']} | {head['summary']} |")
        summary.append(f"  - [{category}/{path.stem}]({relative})")
        (src / relative).parent.mkdir(exist_ok=True)
        (src / relative).write_text(relinked(text, relative, placed))
    for title, path in others + MORE:
        summary.append(f"- [{title}]({placed[path]})")
    for path in placed:
        if path.startswith("rules/"):
            continue
        (src / placed[path]).write_text(relinked((ROOT / path).read_text(), path, placed))
    (src / "rules/README.md").write_text("\n".join(table) + "\n")
    (src / "configuration.md").write_text(configuration())
    (src / "SUMMARY.md").write_text("\n".join(summary) + "\n")
    (out / "book.toml").write_text('[book]\ntitle = "layerlint"\nlanguage = "en"\n\n[output.html]\ngit-repository-url = "https://github.com/layerlint/layerlint"\n')
    if "--check" in sys.argv:
        check(src)


def title_of(path):
    return (ROOT / path).read_text().split("\n", 1)[0].lstrip("# ")


def check(src):
    dead = []
    for path in src.rglob("*.md"):
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", path.read_text(), flags=re.S)):
            target = target.split("#")[0]
            if target and "://" not in target and not (path.parent / target).exists():
                dead.append(f"{path.relative_to(src)}: {target}")
    for one in dead:
        print(f"dead link: {one}", file=sys.stderr)
    sys.exit(1 if dead else 0)


if __name__ == "__main__":
    main()
