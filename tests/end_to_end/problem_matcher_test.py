#!/usr/bin/env python3
"""GitHub's problem matcher finds failures in the text that a run really prints.
usage: problem_matcher_test.py SOURCE_DIR BIN_DIR"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

source, binaries = Path(sys.argv[1]), Path(sys.argv[2])
matchers = json.loads((source / "harness/packaging/problem-matcher.json").read_text())["problemMatcher"]

MANIFEST = """version: 1
tests:
  - policy: a.sentinel
    cases:
      - { name: holds, expect: pass }
      - { name: a name with  blanks, expect: fail }
      - { name: errs, params: { x: 1 }, expect: undefined }
"""


def found(text):
    """What GitHub would annotate: (owner, file, line, message)."""
    out = []
    for line in text.splitlines():
        for matcher in matchers:
            (pattern,) = matcher["pattern"]
            match = re.search(pattern["regexp"], line)
            if match:
                out.append((matcher["owner"], match[pattern["file"]], int(match[pattern["line"]]),
                            match[pattern["message"]]))
    return out


with tempfile.TemporaryDirectory() as folder:
    work = Path(folder)
    (work / ".git").mkdir()
    (work / "a.sentinel").write_text("main = rule { true }\n")

    def harness(*words):
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "HARNESS_RUNTIME": "builtin"}
        done = subprocess.run([binaries / "harness", *words], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=250)
        return done.returncode, done.stdout.decode("utf-8")

    (work / "tests.yaml").write_text(MANIFEST)
    code, text = harness("run", "-v")
    wanted = [("harness", "tests.yaml", 6, "a.sentinel › a name with blanks"),
              ("harness", "tests.yaml", 7, "a.sentinel › errs")]
    seen = [(o, f, n, re.sub(" +", " ", m)) for o, f, n, m in found(text)]
    if code != 1 or seen != wanted:
        sys.exit(f"exit {code}, found {seen} in\n{text}")
    (work / "tests.yaml").write_text(MANIFEST.replace("expect: fail", "expected: fail"))
    code, text = harness("check")
    wanted = [("harness-manifest", "tests.yaml", 6, "unknown key `expected` in a case")]
    if code != 2 or found(text) != wanted:
        sys.exit(f"exit {code}, found {found(text)} in\n{text}")
print("the problem matcher holds")
