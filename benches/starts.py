"""What the comparisons of starts share: what layerlint says of a laid-out function, how that agrees with what was seen, and tables of it."""
import json
import subprocess

KINDS = ["starts", "foretold, exact words", "foretold", "missed", "false alarm"]
HEADS = ["starts, and no error is told", "fails, told with the words that are seen", "fails, told in other words", "fails, and nothing is told",
         "starts, and an error is told"]
CAUSES = "runtime,layout,native,collision,archive"


def told(program, task, opt, runtime, handler, rules=(), warnings=()):
    """The rule, the words of Lambda and the severity of each error, and of the warnings of some rules."""
    command = [program, "--isolated", "--function", task, "--layer", opt, "--runtime", runtime, "--arch", "x86_64",
               "--handler", handler, "-f", "json", "--ignore", "runtime/deprecated", *rules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode == 2:
        raise SystemExit(done.stderr)
    findings = json.loads(done.stdout)["findings"]
    counted = [one for one in findings if one["severity"] == "error" or one["rule"] in warnings]
    return [(one["rule"], one.get("lambda_error") or one["message"], one["severity"]) for one in counted]


def outcome(said, findings):
    """One of KINDS, and the findings that count, for a start that says nothing or the words of its error."""
    errors = [one for one in findings if one[2] == "error"]
    # what is certain to fail is an error; what only may fail is a warning, and counts where the start fails of it
    foretold = findings if said else errors
    words = [words for _, words, _ in foretold]
    exact = bool(said) and any(word in said or said in word or word.split(": ", 1)[-1] in said for word in words)
    if not said:
        return ("false alarm" if errors else "starts"), errors
    return ("foretold, exact words" if exact else "foretold" if foretold else "missed"), foretold


def report(name, damage, kind, said, findings):
    """One line of Markdown on a disagreement."""
    words = "; ".join(f"{rule}: {words}" for rule, words, _ in findings[:2]) or "nothing"
    return f"* {name}, {damage}: {kind}. Seen: {said[:160] or 'starts'}. layerlint: {words[:200]}"


def table(counts):
    """How often each kind of damage ended how."""
    lines = ["| deployment | " + " | ".join(HEADS) + " |", "| --- |" + " --- |" * len(KINDS)]
    for damage, outcomes in counts.items():
        lines.append(f"| {damage} | " + " | ".join(str(outcomes.count(kind)) for kind in KINDS) + " |")
    return "\n".join(lines)
