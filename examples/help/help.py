#!/usr/bin/env python3
"""Man page and shell completions of a program, made of what it says of itself.

The tables of flags in the programs are the one place where flags are written down. `--help-flags`
lists them for machines (args_list in examples/common/args/args.h); this script reads that, of the program
and of each of its subcommands, and writes a man page (with the text of NAME.man, which has what a
table does not say), or a completion for bash or zsh.

usage: help.py man|bash|zsh PROGRAM [OPTION...]
  --version TEXT   for the foot of the man page
  --text FILE      sections of the man page besides, in troff
"""
import argparse
import os
import re
import subprocess
import sys


class Flag:
    """A row of a table: its name, what its value is called (None without one), and what it means."""

    def __init__(self, name, kind, value, default, help_text):
        self.name, self.kind, self.value = name, kind, value or None
        self.default, self.help = default, help_text

    def choices(self):
        """The words that it may be: f32|bf16; or, beside a folder, as in char|DIR."""
        words = (self.value or "").split("|")
        return [w for w in words if re.match(r"[a-z0-9_-]+$", w)] if len(words) > 1 else []

    def takes(self, kind):
        """Whether its value may be a FILE or a DIR."""
        return self.kind in ("in", "out") and re.search(r"\b%s\b" % kind, self.value or "") is not None

    def ending(self):
        """The ending of the file that it names, without its dot; "" for any."""
        found = re.match(r"FILE\.(\w+)$", self.value or "")
        return found.group(1) if found else ""


class Help:
    """What `--help-flags` of a program, or of one of its commands, lists."""

    def __init__(self, text):
        self.name = self.about = self.bare = ""
        self.flags, self.commands = [], []
        for fields in (line.split("\t") for line in text.splitlines()):
            if fields[0] == "program":
                self.name, self.about = fields[1:3]
            elif fields[0] == "bare":
                self.bare = fields[1]
            elif fields[0] == "flag":
                name, kind, what, default, _, _, told = fields[1:8]
                self.flags.append(Flag(name, kind, what, default, told))
            elif fields[0] == "command":
                self.commands.append(fields[1:3])


class Program:
    """A program, and the help of each of its commands."""

    def __init__(self, path):
        self.name = os.path.basename(path)
        self.path = os.path.abspath(path)
        self.top = Help(self.ask())
        self.commands = {name: Help(self.ask(name)) for name, _ in self.top.commands}

    def ask(self, *command):
        # In a folder without examples/data, so that no default names a file of this machine's.
        ran = subprocess.run([self.path, *command, "--help-flags"], stdout=subprocess.PIPE, cwd="/", check=True)
        return ran.stdout.decode()


def troff(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha")


def sentence(f):
    """What a flag means, as a sentence, if it does not begin with one of its own words."""
    first = f.help.split(",")[0].split(" ")[0]
    return f.help if first in f.choices() else f.help[:1].upper() + f.help[1:]


def man_flags(flags):
    for f in flags:
        value = " \\fI%s\\fR" % troff(f.value) if f.value else ""
        default = " (%s)" % f.default if f.default else ""
        yield ".TP\n\\fB%s\\fR%s\n%s" % (troff(f.name), value, troff(sentence(f) + default) or "\\&")


def man(program, options):
    what = re.split(r"\.(?: |$)", program.top.about)[0]
    if what.split()[0][1:].islower():
        what = what[0].lower() + what[1:]
    yield '.TH %s 1 "" "libtinytensor %s" "User Commands"' % (program.name.upper(), options.version)
    yield ".SH NAME\n%s \\- %s" % (troff(program.name), troff(what))
    yield ".SH SYNOPSIS"
    lines = []
    for name, told in program.commands.items() or [("", program.top)]:
        words = "%s %s" % (program.name, name)
        lines.append(".B %s\n[\\fIflags\\fR] \\fI%s\\fR" % (troff(words.strip()), troff(told.bare)))
    yield "\n.br\n".join(lines)
    yield ".SH DESCRIPTION\n%s" % troff(program.top.about)
    if program.commands:
        yield ".SH COMMANDS"
        for name, told in program.commands.items():
            yield ".SS %s\n%s" % (troff(name), troff(told.about))
            yield from man_flags(told.flags)
    else:
        yield ".SH OPTIONS"
        yield from man_flags(program.top.flags)
    if options.text:
        with open(options.text) as f:
            yield f.read().rstrip()


def bash_value(f):
    """The code that completes the value of a flag: words, files, folders, or nothing."""
    words = "-W '%s'" % " ".join(f.choices()) if f.choices() else ""
    paths = "-f" if f.takes("FILE") else "-d" if f.takes("DIR") else ""
    if not words and not paths:
        return "return"
    return "_tinytensor_offer %s; return" % " ".join(w for w in (paths, words) if w)


def bash_cases(flags):
    """One case for each way in which values are completed."""
    ways = {}
    for f in flags:
        if f.value:
            ways.setdefault(bash_value(f), []).append(f.name)
    for way, names in ways.items():
        yield "    %s) %s ;;" % (" | ".join(names), way)


def bash_command(told):
    yield "    case $prev in"
    yield from bash_cases(told.flags)
    yield "    esac"
    flags = "_tinytensor_offer -W '%s'" % " ".join(f.name for f in told.flags)
    if not told.bare:  # every argument has a flag before it
        yield "    " + flags
        return
    yield "    if [[ $cur == -* ]]; then\n        %s" % flags
    for kind, letter in (("FILE", "f"), ("DIR", "d")):
        if kind in told.bare:
            yield "    else\n        _tinytensor_offer -%s" % letter
            break
    yield "    fi"


BASH = """# bash completion for %(name)s; made by examples/help/help.py

# Offers what compgen makes of the arguments and $cur: a line each, since names may hold spaces.
_tinytensor_offer()
{
    local word
    [[ $1 == -W ]] || compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@" -- "$cur")
}

%(function)s()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    # In --flag=value the sign is a word of its own, and the cursor stands on it or behind it.
    if [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" && $COMP_CWORD -ge 2 ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
%(body)s
}
complete -F %(function)s %(name)s"""


def bash_body(program):
    if not program.commands:
        yield from bash_command(program.top)
        return
    yield "    if [[ $COMP_CWORD -eq 1 ]]; then"
    yield "        _tinytensor_offer -W '%s'" % " ".join(list(program.commands) + [f.name for f in program.top.flags])
    yield "        return\n    fi\n    case ${COMP_WORDS[1]} in"
    for name, told in program.commands.items():
        yield "    %s)" % name
        yield from ("    " + line.replace("\n", "\n    ") for line in bash_command(told))
        yield "        ;;"
    yield "    esac"


def bash(program, options):
    del options
    yield BASH % {
        "name": program.name,
        "function": "_" + re.sub(r"\W", "_", program.name),
        "body": "\n".join(bash_body(program)),
    }


def zsh_quote(text):
    return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def zsh_flag(f):
    if not f.value:
        return "'%s[%s]'" % (f.name, zsh_quote(f.help))
    action = "(%s)" % " ".join(f.choices()) if f.choices() else ""
    if f.takes("FILE"):
        action = '_files -g "*.%s"' % f.ending() if f.ending() else "_files"
    elif f.takes("DIR"):
        action = "_files -/"
        if f.choices():
            action = '_alternative "words\\:word\\:(%s)" "folders\\:folder\\:_files -/"' % " ".join(f.choices())
    return "'%s=[%s]:%s:%s'" % (f.name, zsh_quote(f.help), zsh_quote(f.value.lower()), action)


def zsh_arguments(told, indent):
    rows = [zsh_flag(f) for f in told.flags]
    if told.bare:
        action = "_files" if "FILE" in told.bare else "_files -/" if "DIR" in told.bare else ""
        rows.append("'*:%s:%s'" % (told.bare.lower(), action))
    yield (" \\\n" + indent + "    ").join([indent + "_arguments -S"] + rows)


def zsh(program, options):
    del options
    function = "_" + re.sub(r"\W", "_", program.name)
    yield "#compdef %s\n# made by examples/help/help.py" % program.name
    yield "%s() {" % function
    if program.commands:
        yield "    local -a commands=("
        for name, what in program.top.commands:
            yield "        '%s:%s'" % (name, zsh_quote(what))
        yield "    )"
        yield "    if (( CURRENT == 2 )); then"
        yield "        _describe command commands\n        return\n    fi"
        yield "    shift words; (( CURRENT-- ))"
        yield "    case $words[1] in"
        for name, told in program.commands.items():
            yield "    %s)" % name
            yield from zsh_arguments(told, "        ")
            yield "        ;;"
        yield "    esac"
    else:
        yield from zsh_arguments(program.top, "    ")
    yield '}\n%s "$@"' % function


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("kind", choices=["man", "bash", "zsh"])
    p.add_argument("program")
    p.add_argument("--version", default="")
    p.add_argument("--text")
    options = p.parse_args()
    for line in {"man": man, "bash": bash, "zsh": zsh}[options.kind](Program(options.program), options):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
