#!/usr/bin/env bash
# The example repository against the emulator, with both runtimes: what a newcomer's first hour shows.
# usage: example_test.sh SOURCE_DIR BIN_DIR
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d)
emulator=
trap '[ -z "$emulator" ] || kill "$emulator" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() {
  echo "example_test: $*" >&2
  exit 1
}

unset CI TF_CLI_CONFIG_FILE TFE_TOKEN TFE_ADDRESS
export HOME=$work/home
mkdir -p "$HOME" "$work/repository/.git" "$work/link"
cp -r "$source_dir/policies-example/." "$work/repository"
cd "$work/repository"

"$bin/hcp-emulator" --data emulator --port 0 --port-file "$work/port" --token example-token \
  --pending 20 --queued 60 >"$work/emulator.log" 2>&1 &
emulator=$!
for _ in $(seq 100); do
  [ -s "$work/port" ] && break
  sleep 0.1
done
address=http://127.0.0.1:$(cat "$work/port")
sed -i "s|http://127.0.0.1:8080|$address|" tests.yaml
statistics() { exec 3<>"/dev/tcp/127.0.0.1/$(cat "$work/port")" && printf 'GET /_emulator/statistics HTTP/1.0\r\n\r\n' >&3 && tail -n 1 <&3; }
count() { statistics | grep -o "\"$1\":[0-9]*" | cut -d: -f2; }
# Verdict and name of each case, without places and times.
verdicts() { grep -E '^(PASS|FAIL|ERROR|SKIP) ' "$1" | sed -E 's/ {2,}[^ ].*$//; s/  +/ /' | sort; }

"$bin/harness" check || fail "check finds something"

# Another address gets no token, whoever wrote it into the manifest.
TFE_ADDRESS=http://127.0.0.1:1 TFE_TOKEN=example-token \
  "$bin/harness" run --fetch --runtime builtin >"$work/stranger.txt" 2>&1 && fail "a stranger was served"
grep -q 'there is no token for' "$work/stranger.txt" || fail "no word of the missing token"
[ "$(count all-requests)" = 0 ] || fail "a request was made without a token"

export TFE_ADDRESS=$address TFE_TOKEN=example-token
"$bin/harness" run --fetch --runtime builtin -v >"$work/builtin.txt" 2>&1 ||
  { cat "$work/builtin.txt" && fail "the first run fails"; }
[ "$(count deletes)" = 3 ] || fail "not every export was deleted: $(statistics)"
[ "$(count tokens-at-archive)" = 0 ] || fail "a token reached the archive's origin"
[ "$(count over-limit)" = 0 ] || fail "more requests than the server allows"
statistics | grep -qE '"plan-[A-Za-z0-9]+":[2-9]' && fail "a plan was exported twice: $(statistics)"

requests=$(count all-requests)
unset TFE_TOKEN TFE_ADDRESS
"$bin/harness" run --offline --runtime builtin -q >/dev/null 2>&1 || fail "the second run fails"
"$bin/harness" run --frozen --runtime builtin -q >/dev/null 2>&1 || fail "the fixtures differ from the lock"
[ "$(count all-requests)" = "$requests" ] || fail "the second run made a request"

# HashiCorp's command line: our own executable through a link of that name, as a real child process.
ln -s "$bin/harness" "$work/link/sentinel"
PATH=$work/link:$PATH "$bin/harness" run --offline --runtime cli -v >"$work/cli.txt" 2>&1 ||
  { cat "$work/cli.txt" && fail "the run with --runtime cli fails"; }
diff <(verdicts "$work/builtin.txt") <(verdicts "$work/cli.txt") || fail "the runtimes differ"
[ "$(verdicts "$work/builtin.txt" | wc -l)" = 22 ] || fail "not all cases were shown"

# A failure is explained, down to the value and its place in the mock.
sed -i 's/default \[22, 3389\]/default [22, 443, 3389]/' policies/restrict-ssh.sentinel
code=0
"$bin/harness" run --offline --runtime builtin --tag network >"$work/failing.txt" 2>&1 || code=$?
[ "$code" = 1 ] || fail "the failure ends in $code, not 1"
grep -qF 'resource_changes["aws_security_group.web"].change.after.ingress[0].cidr_blocks' \
  "$work/failing.txt" || { cat "$work/failing.txt" && fail "the failure is not explained"; }

# Reports, several at once.
"$bin/harness" run --offline --runtime builtin --report "junit=$work/r.xml" --report "json=$work/r.json" \
  >/dev/null 2>&1 || true
xmllint --noout "$work/r.xml" || fail "the JUnit report is no XML"
python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["schema"] == "harness/result/1"' \
  "$work/r.json" || fail "the JSON report is wrong"
echo "the example holds"
