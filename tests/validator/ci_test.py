#!/usr/bin/env python3
"""What CI systems are given - the GitHub action, workflows, the GitLab component, what `harness init
--ci` prints, the pages' examples, the Dockerfile - through what reads it: npm's action-validator,
dockerfilelint, and gitlab-ci-local, which also runs the component's jobs.
usage: ci_test.py SOURCE_DIR BIN_DIR
Exits 77 where the packages are not installed (tests/run does it)."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

source, binaries = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
programs = Path(os.environ.get("HARNESS_VALIDATORS", binaries.parent / "validator")).resolve() / "node_modules/.bin"
if not shutil.which("node") or not all(
        (programs / name).exists() for name in ("action-validator", "dockerfilelint", "gitlab-ci-local")):
    print("the npm packages of tests/validator are not installed")
    sys.exit(77)


def run(words, folder, wanted=0, **more):
    # Nothing of the machine that this runs on: its own CI has the same variables.
    environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(work), "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
                   "HARNESS_RUNTIME": "builtin", **more}
    done = subprocess.run(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=250)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != wanted:
        sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}, not {wanted}\n{text}")
    return text


def fence(page, name):
    """The text of a page's block for a file."""
    found = re.search(r"^```\w+ " + re.escape(name) + r"\n(.*?)^```$", (source / page).read_text(), re.M | re.S)
    return found.group(1) if found else sys.exit(f"{page} has no {name} any more")


def snippet(system):
    return run([binaries / "harness", "init", "--ci", system], repository()).split("\n\n", 2)[2]


def repository():
    """A policy repository with four native cases, in git."""
    folder = Path(tempfile.mkdtemp(dir=work))
    for name in ("policies", "common"):
        shutil.copytree(source / "policies-example" / name, folder / name)
    (folder / "tests.yaml").write_text("version: 1\ntests:\n  - sentinel-tests: policies\n")
    run(["git", "init", "-q", "-b", "main"], folder)
    run(["git", "remote", "add", "origin", "git@gitlab.example.com:acme/policies.git"], folder)
    return folder


def commit(folder):
    run(["git", "add", "-A"], folder)
    run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x"], folder)
    run(["git", "update-ref", "refs/remotes/origin/main", "HEAD"], folder)
    run(["git", "remote", "set-head", "origin", "main"], folder)


def github():
    """The schemas of actions and workflows; a damaged one is refused."""
    action = (source / "harness/packaging/action/action.yml").read_text()
    workflow = (source / "policies-example/.github/workflows/policies.yml").read_text()
    files = [("action.yml", action), ("example.yml", workflow), ("init.yml", snippet("github")),
             ("packages.yml", fence("docs/guide/packages.md", ".github/workflows/policies.yml")),
             ("scale.yml", fence("docs/guide/scale.md", ".github/workflows/policies.yml")),
             ("refresh.yml", fence("docs/guide/refresh-in-ci.md", ".github/workflows/refresh.yml"))]
    folder = Path(tempfile.mkdtemp(dir=work))
    for name, text in files:
        (folder / name).write_text(text)
        run([programs / "action-validator", name], folder)
    for name, damaged in (("action.yml", action.replace("using: composite", "using: composed")),
                          ("example.yml", workflow.replace("runs-on:", "run-on:"))):
        (folder / name).write_text(damaged)
        run([programs / "action-validator", name], folder, wanted=1)


def action_steps():
    """The action's own scripts, as the runner starts them."""
    text = (source / "harness/packaging/action/action.yml").read_text()
    scripts = [re.sub(r"^ {8}", "", found, flags=re.M)
               for found in re.findall(r"^      run: \|\n((?:        .*\n|\n)+)", text, re.M)]
    if len(scripts) != 2:
        sys.exit(f"the action has {len(scripts)} steps")
    folder = repository()
    bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
    for name, script in zip(("install.sh", "test.sh"), scripts):
        (work / name).write_text(script)
    # Programs that only say how they were called, but for the digest.
    stubs = work / "stubs"
    stubs.mkdir()
    (stubs / "curl").write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\necho package >"$2"; echo "curl $3"\n')
    (stubs / "sudo").write_text('#!/bin/sh\necho "$@"\n')
    for stub in stubs.iterdir():
        stub.chmod(0o755)
    address = "https://packages.example.com/harness.deb"
    common = {"PATH": f"{stubs}:{binaries}:{os.environ['PATH']}", "RUNNER_TEMP": str(work), "PACKAGE": address}
    text = run([*bash, work / "install.sh"], folder, wanted=2, SHA256="", **common)
    if text != "::error::sha256 is needed with the address of a package\n":
        sys.exit(f"without a digest: {text}")
    run([*bash, work / "install.sh"], folder, wanted=1, SHA256=64 * "0", **common)
    text = run([*bash, work / "install.sh"], folder, SHA256=hashlib.sha256(b"package\n").hexdigest(), **common)
    if text != f"curl {address}\napt-get install -y --no-install-recommends {work}/harness.deb\n":
        sys.exit(f"the package is not installed: {text}")

    given = {"GITHUB_ACTIONS": "true", "CI": "true", "MANIFEST": "tests.yaml", "GITHUB_STEP_SUMMARY": str(work / "summary.md")}
    text = run([*bash, work / "test.sh"], folder, ARGUMENTS="", **given)
    if "4 passed" not in text:
        sys.exit(f"the action's step does not pass: {text}")
    policy = folder / "policies/restrict-ssh.sentinel"
    policy.write_text(policy.read_text().replace("[22, 3389]", "[22]"))
    text = run([*bash, work / "test.sh"], folder, wanted=1, ARGUMENTS="--report\njunit=a name with blanks.xml\n", **given)
    if "::error file=policies/restrict-ssh.sentinel," not in text or not (folder / "a name with blanks.xml").exists():
        sys.exit(f"the action's step does not annotate: {text}")
    if "restrict-ssh" not in (work / "summary.md").read_text():
        sys.exit("the action's step leaves no summary")


def gitlab():
    """GitLab's own schema, and the component's jobs, run."""
    for name, text in (("example", (source / "policies-example/.gitlab-ci.yml").read_text()), ("init", snippet("gitlab"))):
        folder = repository()
        (folder / ".gitlab-ci.yml").write_text(text)
        commit(folder)
        listed = run(["node", programs / "gitlab-ci-local", "--list"], folder)
        if "json schema validated" not in listed or not re.search(r"^policies +test ", listed, re.M):
            sys.exit(f"{name}: {listed}")
        (folder / ".gitlab-ci.yml").write_text(re.sub(r"^  script:", "  skript:", text, flags=re.M))
        run(["node", programs / "gitlab-ci-local", "--list"], folder, wanted=1)
    # The page's inclusion, of the component as it would be tested in its own repository.
    folder = repository()
    shutil.copytree(source / "harness/packaging/gitlab/templates", folder / "templates")
    text = fence("docs/guide/packages.md", ".gitlab-ci.yml")
    included = text.replace("acme/components/policies@1.0", "acme/policies/policies@$CI_COMMIT_SHA").replace("shards: 4", "shards: 2")
    if included == text:
        sys.exit("the page includes another component")
    (folder / ".gitlab-ci.yml").write_text(included)
    commit(folder)
    if not shutil.which("rsync"):
        run(["node", programs / "gitlab-ci-local", "--list"], folder)
        print("rsync is not installed: the component's jobs are not run")
        return
    text = run(["node", programs / "gitlab-ci-local", "--force-shell-executor"], folder)
    for shard in (1, 2):
        if f"policies: [{shard}/2] > 2 passed, 0 failed" not in text or f"PASS  policies: [{shard}/2]" not in text:
            sys.exit(f"shard {shard} of the component does not pass:\n{text}")


def problem_matcher():
    """Its expressions as JavaScript reads them, too: editors do."""
    matcher = source / "harness/packaging/problem-matcher.json"
    for one in json.loads(matcher.read_text())["problemMatcher"]:
        for pattern in one["pattern"]:
            run(["node", "-e", "new RegExp(process.argv[1])", pattern["regexp"]], work)


def dockerfile():
    text = (source / "harness/packaging/Dockerfile").read_text()
    (work / "Dockerfile").write_text(text)
    run(["node", programs / "dockerfilelint", "Dockerfile"], work)
    (work / "Dockerfile").write_text(text.replace("WORKDIR", "WORK", 1))
    run(["node", programs / "dockerfilelint", "Dockerfile"], work, wanted=1)


with tempfile.TemporaryDirectory() as temporary:
    work = Path(temporary)
    for check in (github, action_steps, gitlab, problem_matcher, dockerfile):
        check()
        print(f"{check.__name__}: holds")
