#!/usr/bin/env bash
# The BUILD file and the script of docs/guide/scale.md under the real Bazel: Debian's `bazel-bootstrap`.
# Nothing is downloaded: what its built-in rules would fetch stands here as empty repositories.
# usage: bazel_test.sh SOURCE_DIR BIN_DIR
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d)
bazel() { HOME=$work command bazel --batch --output_user_root="$work/root" "$@" </dev/null; }
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
fail() {
  echo "bazel_test: $*" >&2
  exit 1
}
command -v bazel >/dev/null || fail "there is no bazel: .ci/install bazel"

# The files as the page has them.
repository=$work/repository
mkdir -p "$repository"
cp -r "$source_dir/policies-example/policies" "$source_dir/policies-example/common" "$repository"
page_file() { sed -n "/^\`\`\`[a-z]* $1\$/,/^\`\`\`\$/p" "$source_dir/docs/guide/scale.md" | sed '/^```/d'; }
for file in tests.yaml BUILD.bazel policies_test.sh; do
  page_file "${file//./\\.}" >"$repository/$file"
  [ -s "$repository/$file" ] || fail "the page has no $file any more"
done
chmod +x "$repository/policies_test.sh"
touch "$repository/WORKSPACE"

# The rules of C++ and Java are Bazel's own; nothing of either is built.
stub() { # REPOSITORY PACKAGE FILE RULE...
  local folder=$work/stub/$1/$2 file=$3
  mkdir -p "$folder"
  touch "$work/stub/$1/WORKSPACE" "$folder/BUILD.bazel"
  shift 3
  for rule in "$@"; do echo "$rule = native.$rule"; done >"$folder/$file"
}
stub rules_cc cc defs.bzl cc_binary cc_import cc_library cc_proto_library cc_test cc_toolchain \
  cc_toolchain_suite fdo_profile objc_library
stub rules_java java defs.bzl java_binary java_import java_library java_runtime java_toolchain
mkdir -p "$work/stub/remote_coverage_tools"
touch "$work/stub/remote_coverage_tools/WORKSPACE"
cat >"$work/stub/remote_coverage_tools/BUILD.bazel" <<'BUILD'
package(default_visibility = ["//visibility:public"])
filegroup(name = "coverage_report_generator")
filegroup(name = "lcov_merger")
BUILD
overrides=()
for name in rules_cc rules_java remote_coverage_tools; do
  overrides+=("--override_repository=$name=$work/stub/$name")
done

cd "$repository"
run() { # NAME: its output in $work/NAME.txt
  PATH=$bin:$PATH bazel test //:policies_test --test_env=PATH --test_output=all "${overrides[@]}" \
    >"$work/$1.txt" 2>&1
}
said() { grep -vE 'linux-sandbox|^Loading|^Analyzing' "$work/$1.txt"; }
run passing || { said passing && fail "the test does not pass"; }
grep -qE '//:policies_test +PASSED in' "$work/passing.txt" || { said passing && fail "Bazel does not say that it passed"; }
for shard in 1 2; do
  xml=bazel-testlogs/policies_test/shard_${shard}_of_2/test.xml
  [ "$(grep -c '<testcase ' "$xml")" = 2 ] || { cat "$xml" && fail "shard $shard has not two cases in its report"; }
done
names=$(cat bazel-testlogs/policies_test/shard_*/test.xml | { grep -oE '<testcase classname="[^"]*" name="[^"]*"' || true; } | sort -u)
[ "$(wc -l <<<"$names")" = 4 ] || fail "the shards do not make up the whole: $names"

# Nothing was written into the sources, and a policy that is weakened fails its shard.
[ ! -e .harness ] || fail "a test has written into the sources"
sed -i 's/default \[22, 3389\]/default [22]/' policies/restrict-ssh.sentinel
code=0
run failing || code=$?
[ "$code" = 3 ] || { said failing && fail "Bazel ends in $code, not in 3, where a test fails"; }
grep -qE '//:policies_test +FAILED in 1 out of 2' "$work/failing.txt" || { said failing && fail "not one shard of two fails"; }
cat bazel-testlogs/policies_test/shard_*/test.xml | grep -q '<failure ' || fail "the failure is in no report"
echo "Bazel runs the policies' test: two shards, four cases"
