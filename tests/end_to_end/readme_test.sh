#!/usr/bin/env bash
# What README.md tells a newcomer to type works as it stands there.
# usage: readme_test.sh SOURCE_DIR BIN_DIR
set -euo pipefail
source_dir=$1
export PATH=$2:$PATH
readme=$source_dir/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "readme_test: $*" >&2
  exit 1
}
unset CI TFE_TOKEN TFE_ADDRESS

# Every program and page that is named is there.
for path in $(grep -oE '\]\((docs/[^)]*)\)' "$readme" | tr -d '()]' ) policies-example/run tests/run .ci/packages; do
  [ -e "$source_dir/$path" ] || fail "there is no $path"
done

# Every command of the table has help.
commands=$(grep -oE '^\| `harness [a-z]+' "$readme" | grep -oE '[a-z]+$')
[ "$(wc -w <<<"$commands")" -ge 5 ] || fail "the table of commands is gone"
for command in $commands; do
  harness "$command" --help >/dev/null 2>&1 || fail "harness $command --help"
done

# The first manifest, typed in a repository that has native cases.
mkdir -p "$work/first/.git"
cp -r "$source_dir/policies-example/policies" "$source_dir/policies-example/common" "$work/first"
(cd "$work/first" && sed -n '/^cat > tests.yaml/,/^harness run$/p' "$readme" >"$work/typed.sh" &&
  [ -s "$work/typed.sh" ] && bash -e "$work/typed.sh" >"$work/typed.txt" 2>&1) ||
  { cat "$work/typed.txt" && fail "the first manifest does not run"; }
grep -q '4 passed, 0 failed' "$work/typed.txt" || { cat "$work/typed.txt" && fail "not four cases"; }

# The three commands from a run's page, against the emulator.
hcp-emulator --data "$source_dir/policies-example/emulator" --port 0 --port-file "$work/port" \
  --token readme-token >"$work/emulator.txt" 2>&1 &
emulator=$!
trap 'kill "$emulator" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/port" ]; do
  kill -0 "$emulator" || { cat "$work/emulator.txt" && fail "the emulator does not start"; }
  sleep 0.1
done
mkdir -p "$work/third/.git"
cp -r "$source_dir/policies-example/policies" "$source_dir/policies-example/common" "$work/third"
address=http://127.0.0.1:$(cat "$work/port")
sed -n '/^harness pull/,/^harness run network.yaml$/p' "$readme" |
  sed "s|https://app.terraform.io|$address|" >"$work/third.sh"
[ -s "$work/third.sh" ] || fail "the three commands are gone"
(cd "$work/third" && TFE_ADDRESS=$address TFE_TOKEN=readme-token bash -e "$work/third.sh") \
  >"$work/third.txt" 2>&1 || { cat "$work/third.txt" && fail "the three commands do not run"; }
grep -q '^1 passed, 0 failed' "$work/third.txt" || { cat "$work/third.txt" && fail "not one case"; }
kill "$emulator"

# The second manifest is right.
mkdir -p "$work/second/.git" "$work/second/policies"
cp "$source_dir/policies-example/policies/restrict-ssh.sentinel" "$work/second/policies"
sed -n '/^```yaml$/,/^```$/p' "$readme" | sed '/^```/d' >"$work/second/tests.yaml"
harness -C "$work/second" check || fail "the second manifest is wrong"

# The exit codes.
(cd "$work" && harness run >/dev/null 2>&1) && fail "a run without manifest passes"
code=0
(cd "$work" && harness run --no-such-option >/dev/null 2>&1) || code=$?
[ "$code" = 2 ] || fail "a wrong option ends in $code"
echo "the README holds"
