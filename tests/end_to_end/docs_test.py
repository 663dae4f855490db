#!/usr/bin/env python3
"""Types what the documentation tells its readers to type, and compares what it shows.

usage: docs_test.py SOURCE_DIR BIN_DIR [PAGE...]     HARNESS_ACCEPT=1 rewrites what pages show

A page begins in an empty repository, or in a copy of policies-example after
`<!-- in: policies-example -->`. The emulator of HCP Terraform stands in for app.terraform.io.

    ```console            each `$ ` line is typed in bash, in the folder where the last one ended, with
    $ harness check       what it exported; the lines below are its output, on both streams. A line
    tests.yaml is right   `...` stands for any lines. No output shown: anything will do.
    ```
    ```console exit=1     how the last command of the block ends (0)
    ```yaml tests.yaml    a file of that name, written before what follows is typed
    ```text               anything else: shown, not run
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

source, binaries = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
accept = os.environ.get("HARNESS_ACCEPT")
FENCE = re.compile(r"^```(\w+)?[ ]?(.*)$")
# Blocks that show and do not tell to type.
SHOWN = {"text"}
failures = []


def plain(text, page):
    """Text without what differs from run to run: times, ages, ports, versions."""
    text = shown(text, page)
    text = re.sub(r"\b\d+(\.\d+)? ?(µs|ms|s)\b", "T", text)
    text = re.sub(r"\b(\d+|an?|one) (second|minute|hour|day|month|year)s? (old|ago)\b|\bjust now\b", "AGE", text)
    text = re.sub(r"\.harness/work/(\S+?)/\d{8}T\S+", r".harness/work/\1/RUN", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d(T[0-9:.]+Z)?", "DAY", text)
    text = re.sub(r"\bpe-[A-Za-z0-9]+", "pe-ID", text)
    text = re.sub(r"\bharness +\d+\.\d+\.\d+\S*", "harness VERSION", text)
    return [re.sub(r" {2,}", "  ", line.rstrip()) for line in text.splitlines()]


def shown(text, page):
    """What a page shows of an output: the reader's folder and service instead of the test's."""
    text = text.replace(page.folder, "~/policies").replace(page.address, f"https://{page.host}")
    return text.replace(page.address.split("//")[1], page.host)


def matches(expected, actual):
    """Whether lines agree; `...` stands for any."""
    if not expected:
        return not actual
    if expected[0].strip() == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and expected[0] == actual[0] and matches(expected[1:], actual[1:])


class Page:
    def __init__(self, path):
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()
        named = re.search(r"hostname: ([a-z.]+)", path.read_text(encoding="utf-8"))
        self.host = named[1] if named else "app.terraform.io"
        self.out = []
        self.ran = 0
        self.temporary = tempfile.TemporaryDirectory()
        top = Path(self.temporary.name).resolve()
        self.folder = str(top / "policies")
        self.state = top / "state"
        os.makedirs(top / "home")
        os.makedirs(self.folder)
        start = re.search(r"^<!-- in: (\S+) -->$", path.read_text(encoding="utf-8"), re.M)
        if start:
            shutil.copytree(source / start[1], self.folder, dirs_exist_ok=True)
        environment = {"PATH": f"{binaries}:/usr/local/bin:/usr/bin:/bin", "HOME": str(top / "home"),
                       "LANG": "C.UTF-8", "TZ": "UTC", "HARNESS_PROGRESS": "none",
                       "HARNESS_RUNTIME": "builtin", "GIT_CONFIG_GLOBAL": "/dev/null"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        port = top / "port"
        self.emulator = subprocess.Popen(
            [binaries / "hcp-emulator", "--data", source / "policies-example/emulator", "--port", "0",
             "--port-file", port, "--token", "example-token", "--pending", "10", "--queued", "20"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        deadline = time.monotonic() + 120
        while not (port.exists() and port.read_text().strip()):
            if self.emulator.poll() is not None or time.monotonic() > deadline:
                sys.exit("docs_test: the emulator does not start")
            time.sleep(0.05)
        self.address = f"http://127.0.0.1:{port.read_text().strip()}"
        environment["TFE_ADDRESS"] = self.address
        environment["TFE_TOKEN"] = "example-token"
        self.environment = environment
        subprocess.run(["git", "init", "-q", self.folder], check=True, env=environment)
        self.state.write_text(f"cd {self.folder}\n")

    def fail(self, line, what):
        failures.append(f"{self.path.relative_to(source)}:{line}: {what}")

    def service(self, text):
        """The emulator in the place of the service that the reader has."""
        text = re.sub(r"hostname: [a-z.]*(terraform\.io|example\.com)", f"address: {self.address}", text)
        return re.sub(r"https://(app\.terraform\.io|terraform\.example\.com)", self.address, text)

    def type(self, command):
        """Runs one command; gives its exit code and what it wrote, both streams as they came."""
        script = (f"source {self.state}\n{self.service(command)}\nharness_code=$?\n"
                  f"{{ declare -px | grep -v '^declare -[a-z]*r'; printf 'cd %q\\n' \"$PWD\"; }} >{self.state}\n"
                  "exit $harness_code\n")
        done = subprocess.run(["bash", "-c", script], env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280)
        self.ran += 1
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def console(self, first, block, wanted_code):
        groups = []
        for number, line in enumerate(block, first):
            if line.startswith("$ "):
                groups.append([number, [line], []])
            elif groups and not groups[-1][2] and groups[-1][1][-1].endswith("\\"):
                groups[-1][1].append(line)
            elif groups:
                groups[-1][2].append(line)
            else:
                self.fail(number, "output without a command")
        if not groups:
            self.fail(first, "a console without a command")
        out = []
        for number, command, expected in groups:
            code, output = self.type("\n".join(command)[2:])
            wanted = wanted_code if number == groups[-1][0] else 0
            if code != wanted:
                self.fail(number, f"`{command[0][2:]}` ends in {code}, not {wanted}:\n{output}")
            if expected and not matches(plain("\n".join(expected), self), plain(output, self)):
                if accept:
                    expected = shown(output, self).rstrip("\n").splitlines()
                else:
                    self.fail(number, f"`{command[0][2:]}` wrote\n{output}\nnot\n" + "\n".join(expected))
            out += command + expected
        return out

    def run(self):
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            fence = FENCE.match(line)
            if not fence:
                self.out.append(line)
                at += 1
                continue
            end = at + 1
            while end < len(self.lines) and self.lines[end] != "```":
                end += 1
            block, kind, words = self.lines[at + 1:end], fence[1] or "", fence[2]
            if kind == "console":
                code = re.fullmatch(r"exit=(\d+)", words)
                block = self.console(at + 2, block, int(code[1]) if code else 0)
            elif words:
                file = Path(self.folder) / words
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(self.service("\n".join(block) + "\n"), encoding="utf-8")
            elif kind not in SHOWN:
                self.fail(at + 1, f"a block of `{kind}` that is neither a file nor typed")
            self.out += [line] + block + ["```"]
            at = end + 1
        self.emulator.terminate()
        self.emulator.wait()
        self.temporary.cleanup()
        text = "\n".join(self.out) + "\n"
        if accept and text != self.path.read_text(encoding="utf-8"):
            self.path.write_text(text, encoding="utf-8")
        print(f"{self.path.relative_to(source)}: {self.ran} commands")


def links(path):
    """Every page, picture and heading that a page points to is there."""
    def anchor(heading):
        return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, heading = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            if not file.exists():
                failures.append(f"{path.relative_to(source)}:{number}: there is no {target}")
            elif heading and file.suffix == ".md":
                headings = [anchor(h) for h in re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)]
                if heading not in headings:
                    failures.append(f"{path.relative_to(source)}:{number}: no heading #{heading}")


pages = [Path(p).resolve() for p in sys.argv[3:]] or sorted((source / "docs/guide").glob("*.md"))
if len(pages) == 0:
    sys.exit("docs_test: there is no guide")
for page in pages:
    Page(page).run()
every = [source / "README.md", *sorted((source / "docs").rglob("*.md")), source / "policies-example/README.md"]
for page in every:
    links(page)
# The index names every page.
index = (source / "docs/README.md").read_text(encoding="utf-8")
for page in sorted((source / "docs").rglob("*.md")):
    name = str(page.relative_to(source / "docs"))
    if name != "README.md" and f"({name})" not in index:
        failures.append(f"docs/README.md: does not name {name}")
if failures:
    sys.exit("\n".join(["docs_test:"] + failures))
print("the documentation holds")
