# SPDX-License-Identifier: MIT
"""Writes the manual pages of the command `aes67` from its own help.

    python3 scripts/manuals.py COMMAND DIRECTORY

Writes one page for the command and one for each verb, e.g. aes67-list.1.
"""

import json
import pathlib
import subprocess
import sys


def escape(text):
    """Returns the text with roff's requests, escapes and dashes escaped, so that commands can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def option(argument):
    """Returns the form of an option or argument on the command line."""
    value = argument.get("valueName", "value").upper()
    if argument["kind"] == "positional":
        return f"\\fI{escape(value)}\\fR"
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
    text = ", ".join(f"\\fB{escape(name)}\\fR" for name in names)
    return text if argument["kind"] == "flag" else f"{text} \\fI{escape(value)}\\fR"


def synopsis(name, command):
    parts = [f"\\fB{escape(name)}\\fR"]
    if command.get("subcommands"):
        parts.append("\\fIVERB\\fR [\\fIOPTION\\fR ...]")
    for argument in shown(command):
        text = option(argument)
        parts.append(f"[{text}]" if argument["isOptional"] else text)
    return " ".join(parts)


def shown(command):
    skipped = {"help", "version"}
    return [a for a in command.get("arguments", [])
            if a["shouldDisplay"] and not {n["name"] for n in a.get("names") or []} & skipped]


def prose(text):
    """Returns paragraphs, and the examples as literal lines."""
    before, _, examples = text.partition("Examples:\n")
    paragraphs = [escape(paragraph.strip()) for paragraph in before.split("\n\n") if paragraph.strip()]
    lines = ["\n.PP\n".join(paragraphs)] if paragraphs else []
    if examples:
        lines += [".SH EXAMPLES", ".nf", ".RS"] + [escape(line.strip()) for line in examples.splitlines() if line.strip()] + [".RE", ".fi"]
    return lines


def section(name, command):
    """Returns the description and arguments of a command, and those of its subcommands."""
    lines = prose(command.get("discussion", ""))
    place = next((i for i, line in enumerate(lines) if line == ".SH EXAMPLES"), len(lines))
    options = []
    for argument in shown(command):
        options += [".TP", option(argument), escape(argument.get("abstract", ""))]
    if options:
        options.insert(0, ".SH OPTIONS")
    return lines[:place] + options + verbs(name, command) + lines[place:]


def verbs(name, command):
    lines = []
    for verb in command.get("subcommands", []):
        if not verb["shouldDisplay"] or verb["commandName"] == "help":
            continue
        lines += [".TP", f"\\fB{escape(verb['commandName'])}\\fR", escape(verb.get("abstract", ""))]
        if name != "aes67":
            lines += [".RS", ".PP", synopsis(f"{name} {verb['commandName']}", verb)]
            for argument in shown(verb):
                lines += [".TP", option(argument), escape(argument.get("abstract", ""))]
            lines.append(".RE")
    return [".SH VERBS", *lines] if lines else []


def page(name, title, command, others):
    also = ", ".join(f"\\fB{escape(other)}\\fR({number})" for other, number in others)
    return "\n".join([
        '.\\" Written by scripts/manuals.py from its own help.',
        f'.TH {escape(title.upper())} 1 "" "aes67\\-vsc" "User Commands"',
        ".SH NAME", f"{escape(title)} \\- {escape(command['abstract'].rstrip('.').lower())}",
        ".SH SYNOPSIS", synopsis(name, command),
        ".SH DESCRIPTION", escape(command["abstract"]), ".PP", *section(name, command),
        ".SH SEE ALSO", also, ""])


def main(command, directory):
    help_text = subprocess.run([command, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    root = json.loads(help_text)["command"]
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    names = [v["commandName"] for v in root["subcommands"] if v["shouldDisplay"] and v["commandName"] != "help"]
    pages = [(f"aes67-{name}", 1) for name in names]
    (directory / "aes67.1").write_text(page("aes67", "aes67", root, [*pages, ("aes67d", 8)]))
    for verb in root["subcommands"]:
        name = verb["commandName"]
        if name in names:
            text = page(f"aes67 {name}", f"aes67-{name}", verb, [("aes67", 1), ("aes67d", 8)])
            (directory / f"aes67-{name}.1").write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
