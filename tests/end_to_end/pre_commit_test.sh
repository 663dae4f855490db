#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml, run by pre-commit in a policy repository. No network.
# usage: pre_commit_test.sh SOURCE_DIR BIN_DIR; exits 77 where there is no pre-commit
set -euo pipefail
source_dir=$1
export PATH=$2:$PATH
command -v pre-commit >/dev/null || { echo "pre-commit is not installed" && exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "pre_commit_test: $*" >&2
  exit 1
}
unset CI HARNESS_RUNTIME "${!GIT_@}" "${!PRE_COMMIT@}"
export HOME=$work/home XDG_CACHE_HOME=$work/cache GIT_CONFIG_NOSYSTEM=1 LANG=C.UTF-8
mkdir -p "$HOME"
git config --global user.name a
git config --global user.email a@example.com
git config --global init.defaultBranch main
commit() { git add -A && git commit -q -m "$1"; }

mkdir "$work/hooks" && cd "$work/hooks"
cp "$source_dir/.pre-commit-hooks.yaml" .
git init -q && commit hooks
mkdir "$work/repository" && cd "$work/repository"
cp -r "$source_dir/policies-example/policies" "$source_dir/policies-example/common" .
printf 'version: 1\ntests:\n  - sentinel-tests: policies\n' >tests.yaml
git init -q && commit policies

# hooks NAME [OPTION...]: what pre-commit says of the staged files, in $work/NAME.txt
hooks() {
  local name=$1
  shift
  pre-commit try-repo "$work/hooks" --verbose --color never "$@" >"$work/$name.txt" 2>&1
}
said() { grep -qE "$2" "$work/$1.txt" || { cat "$work/$1.txt" && fail "$1: pre-commit does not say $2"; }; }

# Everything is in order, the example's format included.
hooks clean --all-files || { cat "$work/clean.txt" && fail "the example does not pass its hooks"; }
said clean '^harness check\.+Passed$'
said clean '^harness sentinel fmt\.+Passed$'
said clean '^harness run --changed\.+Passed$'

# A policy that is weakened and badly formatted.
sed -i 's/default \[22, 3389\]/default [ 22 ]/' policies/restrict-ssh.sentinel
git add -A
! hooks weak || fail "a weakened policy may be committed"
said weak '^harness check\.+Passed$'
said weak '^harness sentinel fmt\.+Failed$'
said weak '^- files were modified by this hook$'
said weak '^harness run --changed\.+Failed$'
said weak '^1 passed, 1 failed, 0 errors'
grep -qF 'default [22]' policies/restrict-ssh.sentinel || fail "the policy was not formatted"

# A manifest that is wrong; a file that is none of ours.
git checkout -q . && git reset -q && git checkout -q .
sed -i 's/sentinel-tests/sentinel-test/' tests.yaml
git add -A
! hooks wrong || fail "a wrong manifest may be committed"
said wrong '^harness check\.+Failed$'
said wrong 'did you mean .sentinel-tests.'
git reset -q && git checkout -q .
echo text >README.md && git add -A
hooks other || fail "a text may not be committed"
[ "$(grep -c 'no files to check)Skipped$' "$work/other.txt")" = 3 ] || { cat "$work/other.txt" && fail "hooks ran for nothing"; }
echo "the hooks hold"
