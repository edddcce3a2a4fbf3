#!/usr/bin/env python3
"""Walks README.md and docs/getting-started.md as a newcomer does: runs what they print, and compares what it shows.

usage: tests/newcomer.py --binaries FOLDER    with the hookferry in FOLDER; brokers as tests/run sets them
       tests/newcomer.py --clean              a clone of HEAD in a temporary folder, built as the text says (some 15
                                              minutes); `tests/run -- tests/newcomer.py --clean` has brokers for it.
                         --target FOLDER      with this folder for what is built, which makes the next time shorter

Every fenced block of `sh` or `console` is run, in order, in one folder a document; variables stay. In a `console` block what stands
below a `$ ` line is what it shows, with `…` for anything, and `…` alone for any lines. A comment above a block says else:

  <!-- walk: skip: REASON -->      it is not run: what it needs is not here
  <!-- walk: clean -->             it is run with --clean alone: else the binaries are there
  <!-- walk: file NAME -->         it is the content of this file
  <!-- walk: until TEXT -->        it goes on in the background once it has said TEXT
  <!-- walk: exit N -->            its last command ends with N
  <!-- walk: paste what dev printed -->   first, every line that `hookferry dev` printed to be pasted runs
  <!-- walk: end COMMAND -->       (above no block) ends what goes on in the background

The ports 8080 and 9090 of the text may be somebody else's here, so others are used, and the broker at 127.0.0.1:9092 is
the tests'. Exits 1 at the first command that does not do what the text says, naming file and line.
"""

import argparse
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCUMENTS = ["README.md", "docs/getting-started.md"]
ANY = "…"
BOUND_S = 180
# How the README runs what is not built yet.
BUILT_FIRST = "cargo run --release --"


class Wrong(Exception):
    pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--binaries")
    arguments.add_argument("--clean", action="store_true")
    arguments.add_argument("--target")
    arguments = arguments.parse_args()
    if arguments.clean == bool(arguments.binaries):
        sys.exit("one of --binaries FOLDER and --clean is needed")
    ran = compared = skipped = 0
    with tempfile.TemporaryDirectory(prefix="hookferry-walk-") as folder:
        if arguments.clean:
            project = os.path.join(folder, "hookferry")
            subprocess.run(["git", "clone", "-q", ROOT, project], check=True)
            if arguments.target:
                os.symlink(os.path.abspath(arguments.target), os.path.join(project, "target"))
        for document in DOCUMENTS:
            place = project if arguments.clean else os.path.join(folder, document.replace("/", "-"))
            os.makedirs(place, exist_ok=True)
            walk = Walk(document, place, arguments.binaries)
            try:
                walk.all()
            except Wrong as wrong:
                sys.exit(f"{document}:{walk.line}: {wrong}")
            finally:
                walk.end()
            ran, compared, skipped = ran + walk.ran, compared + walk.compared, skipped + walk.skipped
    print(f"{ran} commands ran, the output of {compared} were compared, {skipped} blocks were skipped")


def free_port():
    """None of those that the system gives out by itself, so that nobody is given it before it is used."""
    while True:
        port = random.randrange(2000, 10000)
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Walk:
    def __init__(self, document, folder, binaries):
        self.document, self.folder, self.binaries = document, folder, binaries
        self.line = self.ran = self.compared = self.skipped = 0
        self.background = []
        self.pasted = ""
        # Outside of the documents' own folder, which may be a clone.
        self.variables = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(folder)), "variables")
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR", "CARGO_HOME", "RUSTUP_HOME") if name in os.environ}
        path = os.environ["PATH"] if binaries is None else f"{binaries}:{os.environ['PATH']}"
        self.environment = {**kept, "PATH": path}
        self.here = {
            "127.0.0.1:8080": f"127.0.0.1:{free_port()}",
            "127.0.0.1:9090": f"127.0.0.1:{free_port()}",
        }
        self.here["0.0.0.0:8080"] = self.here["127.0.0.1:8080"]
        self.brokers = {
            "127.0.0.1:9092": os.environ.get("HOOKFERRY_TEST_KAFKA", "127.0.0.1:9092"),
            "amqp://127.0.0.1": os.environ.get("HOOKFERRY_TEST_RABBITMQ", "amqp://127.0.0.1"),
        }

    def all(self):
        for self.line, mark, language, text in blocks(self.document):
            word, _, rest = mark.partition(" ")
            if word == "skip:":
                if not rest:
                    raise Wrong("a block that is skipped needs a reason")
                self.skipped += language in ("sh", "console")
            elif word == "clean" and self.binaries is not None:
                self.skipped += 1
            elif word == "end":
                self.end(rest)
            elif word == "file":
                with open(os.path.join(self.folder, rest), "w", encoding="utf-8") as file:
                    file.write(self.as_here(text))
            elif language == "sh":
                if word == "until":
                    self.go_on(text, rest)
                else:
                    self.run(text, int(rest) if word == "exit" else 0)
            elif language == "console":
                if word == "paste":
                    self.paste()
                self.session(text, int(rest) if word == "exit" else 0)
            elif word:
                raise Wrong(f"no such mark: {mark}")

    # --- Commands

    def as_here(self, text):
        for there, here in {**self.here, **self.brokers}.items():
            text = text.replace(there, here)
        if self.binaries is not None:
            text = text.replace(BUILT_FIRST, "hookferry")
        ports = f"--listen {self.here['127.0.0.1:8080']} --admin {self.here['127.0.0.1:9090']}"
        return re.sub(rf"^({BUILT_FIRST}|hookferry) dev", rf"\1 dev {ports}", text)

    def shell(self, script):
        keep = shlex.quote(self.variables)
        script = f"[ ! -e {keep} ] || . {keep}\n{script}\nstatus=$?\nexport -p > {keep}\nexit $status\n"
        return dict(args=["bash", "-c", script], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL)

    def run(self, script, wanted=0):
        script = self.as_here(script)
        # Its variables are for the blocks below, as in a newcomer's terminal.
        strict = "set -eo pipefail\n" if wanted == 0 else ""
        script = f"set -a\n{strict}{script}\nstatus=$?; set +ae; (exit $status)"
        bound = BOUND_S if self.binaries else 3600
        try:
            done = subprocess.run(
                **self.shell(script), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=bound, text=True
            )
        except subprocess.TimeoutExpired as late:
            raise Wrong(f"it has not ended within {bound} s:\n{script}\n{late.output}") from late
        if done.returncode != wanted:
            raise Wrong(f"it ended with {done.returncode}, not {wanted}:\n{script}\n{done.stdout}")
        self.ran += 1
        return done.stdout

    def session(self, text, wanted):
        commands = []
        for number, line in enumerate(text.splitlines()):
            if line.startswith("$ "):
                commands.append((number, line[2:], []))
            elif not commands:
                raise Wrong("a console block begins with a command")
            else:
                commands[-1][2].append(line)
        for number, command, expected in commands:
            is_last = number == commands[-1][0]
            shown = self.run(command, wanted if is_last else 0)
            if expected and not fits(self.as_here("\n".join(expected)), shown):
                raise Wrong(f"{command}\nis said to show\n" + "\n".join(expected) + f"\nand shows\n{shown}")
            self.compared += any(line != ANY for line in expected)

    def go_on(self, script, words):
        script = self.as_here(script)
        child = subprocess.Popen(
            **self.shell(script), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        said, is_up = [], threading.Event()

        def read():
            for line in child.stdout:
                said.append(line)
                if words in line:
                    is_up.set()

        threading.Thread(target=read, daemon=True).start()
        self.background.append((script.strip(), child))
        began = time.monotonic()
        bound = BOUND_S if self.binaries else 3600
        while not is_up.wait(0.05):
            if child.poll() is not None or time.monotonic() - began > bound:
                raise Wrong(f"it has not said {words!r}:\n{script}\n{''.join(said)}")
        self.pasted = "".join(said)
        self.ran += 1

    def end(self, what=""):
        left = []
        for script, child in self.background:
            if script.replace(BUILT_FIRST, "hookferry").startswith(what):
                for sent in (signal.SIGINT, signal.SIGKILL):
                    try:
                        os.killpg(child.pid, sent)
                        child.wait(30)
                        break
                    except subprocess.TimeoutExpired:
                        continue
                    except ProcessLookupError:
                        break
            else:
                left.append((script, child))
        self.background = left

    def paste(self):
        lines = [line[2:] for line in self.pasted.splitlines() if re.match(r"  (curl|\S*hookferry) ", line)]
        if len(lines) < 9:
            raise Wrong(f"dev has printed {len(lines)} lines to be pasted:\n{self.pasted}")
        # What reads without end is read as far as this goes, once something has been sent.
        reads = [line for line in lines if " tail " in line]
        for line in [line for line in lines if " tail " not in line]:
            if '"status":"accepted"' not in self.run(line):
                raise Wrong(f"it was not accepted: {line}")
        for line in reads:
            if '"specversion"' not in self.run(f"{line} --count 3"):
                raise Wrong(f"it shows no event: {line}")


def fits(expected, shown):
    """Whether what was shown is what was said, line by line, trailing spaces and empty lines aside."""
    parts = []
    for line in expected.splitlines():
        if line.strip() == ANY:
            parts.append(r"(?:[^\n]*\n)*")
        else:
            parts.append(".*".join(map(re.escape, line.rstrip().split(ANY))) + r" *\n")
    shown = "".join(line.rstrip() + "\n" for line in shown.splitlines() if line.strip())
    return re.fullmatch("".join(parts), shown) is not None


def blocks(document):
    """Line, mark, language and text of each fenced block; a mark to end something has no block."""
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        lines = file.read().splitlines()
    mark, number = "", 0
    while number < len(lines):
        line = lines[number]
        indented = re.match(r"( *)```(\w*)", line)
        said = re.fullmatch(r"\s*<!-- walk: (.*) -->", line)
        if said:
            mark = said.group(1)
            if mark.startswith("end "):
                yield number + 1, mark, "", ""
                mark = ""
        elif indented:
            begin = number + 1
            number = next(at for at in range(begin, len(lines)) if lines[at].strip() == "```")
            text = [it[len(indented.group(1)) :] for it in lines[begin:number]]
            yield begin, mark, indented.group(2), "\n".join(text) + "\n"
            mark = ""
        elif line.strip() and mark:
            raise Wrong(f"line {number + 1}: the mark {mark!r} stands above no block")
        number += 1


if __name__ == "__main__":
    main()
