#include "harness/command/command.h"

namespace harness {
namespace {

// What every command knows stands last.
constexpr std::string_view kRunOptions[] = {
    "filter",        "tag",          "failed",    "changed",      "shard",
    "runtime",       "jobs",         "fail-fast", "trace",        "coverage",
    "durations",     "keep-workdir", "watch",     "offline",      "frozen",
    "fetch",         "refresh",      "timeout",   "case-timeout", "export-timeout",
    "max-members",   "max-unpacked", "max-ratio", "allow-exec",   "allow-network",
    "allow-outside", "pass-env",     "report",    "verbose",      "quiet",
    "color",         "progress",     "no-ci",     "directory",    "help",
};
constexpr std::string_view kCheckOptions[] = {"strict",    "max-members",   "max-unpacked",
                                              "max-ratio", "allow-outside", "color",
                                              "directory", "help"};
constexpr std::string_view kListOptions[] = {"filter",    "tag",           "failed", "changed",
                                             "shard",     "allow-outside", "json",   "color",
                                             "directory", "help"};
constexpr std::string_view kRefreshOptions[] = {
    "check",    "export-timeout", "max-members", "max-unpacked", "max-ratio", "allow-exec",
    "pass-env", "allow-outside",  "quiet",       "color",        "directory", "help",
};
constexpr std::string_view kDiffOptions[] = {"json",        "markdown",     "check",
                                             "max-members", "max-unpacked", "max-ratio",
                                             "color",       "directory",    "help"};
constexpr std::string_view kPullOptions[] = {"output",         "delete",      "raw",
                                             "export-timeout", "max-members", "max-unpacked",
                                             "max-ratio",      "directory",   "help"};
constexpr std::string_view kImpactOptions[] = {
    "workspace",   "since",        "plan-only", "save",          "json",
    "markdown",    "runtime",      "jobs",      "case-timeout",  "export-timeout",
    "max-members", "max-unpacked", "max-ratio", "allow-network", "allow-outside",
    "pass-env",    "quiet",        "directory", "help",
};
constexpr std::string_view kDoctorOptions[] = {"directory", "help"};
constexpr std::string_view kReportOptions[] = {"report", "durations", "verbose",   "quiet",
                                               "color",  "no-ci",     "directory", "help"};
constexpr std::string_view kInitOptions[] = {"ci", "directory", "help"};
constexpr std::string_view kSchemaOptions[] = {"directory", "help"};
constexpr std::string_view kManOptions[] = {"output", "directory", "help"};

constexpr CommandRow kCommands[] = {
    {"run", "[MANIFEST]", "fetch what is missing, run the policies, report",
     "Reads the manifest (tests.yaml, looked for upwards to the repository's root), gets its "
     "mocks, builds a Sentinel test directory, runs the policies and reports what did not hold.",
     "harness run\nharness run --filter '^policies/restrict-ssh/' --trace\n"
     "harness run --report junit=build/junit.xml\nCI=true harness run --fetch",
     kRunOptions, run_command},
    {"check", "[MANIFEST]", "validate the manifest and all that it names, offline",
     "Reads the manifest and everything it names (policies, modules, static files, native cases, "
     "mocks with their edits, fixtures and their lock), and lists every problem with file, line "
     "and "
     "column. Nothing is fetched or run, and nothing is written to the repository; archives are "
     "unpacked where temporary files go. Problems are exit 2, what only --strict finds is exit 1.",
     "harness check\nharness check --strict", kCheckOptions, check_command},
    {"list", "[MANIFEST]", "the mocks and cases that `run` would use", "",
     "harness list\nharness list --json --tag network", kListOptions, list_command},
    {"refresh", "[MANIFEST] [MOCK...]", "export recorded mocks again, and say what came to differ",
     "Exports the named mocks (all recorded ones where none is named) again, rewrites their "
     "fixtures and the lock, and prints the difference by resource and attribute. The order of "
     "lists, times and ids of runs are no difference. A pinned run or plan past its retention is "
     "kept as it is. With --check nothing is written.",
     "harness refresh\nharness refresh network shop\nharness refresh --check", kRefreshOptions,
     refresh_command},
    {"diff", "OLD NEW", "two bundles compared, by resource and attribute",
     "OLD and NEW are folders of mocks (a fixture, what `pull` made) or archives of them. The "
     "order "
     "of lists, times and ids of runs are no difference, and `raw` is passed over. With --check, "
     "exit 1 if there is a difference.",
     "harness diff fixtures/network mocks\nharness diff old.tar.gz new.tar.gz --markdown",
     kDiffOptions, diff_command},
    {"pull", "SOURCE -o DIR", "one plan's mocks into a folder, without a manifest",
     "SOURCE is a `run-`, `plan-` or `pe-` id, ORGANIZATION/WORKSPACE, or the address of a run's "
     "page. But for an address, the host is that of TFE_ADDRESS, else app.terraform.io. DIR must "
     "be new or empty. What the plan marks sensitive is replaced by REDACTED_SENSITIVE in every "
     "import, and what still looks like a secret is named; `--raw` leaves all as it came.",
     "harness pull https://app.terraform.io/app/acme/workspaces/network-prod/runs/run-8F5J -o "
     "mocks\n"
     "harness pull acme/network-prod -o mocks",
     kPullOptions, pull_command},
    {"impact", "POLICY... --workspace NAME", "what these policies would have stopped",
     "Runs policies over the plans of many workspaces' runs since a date, and counts pass, fail, "
     "undefined and error by workspace. What a case of the policy would be given by the manifest "
     "(tests.yaml, where there is one) it is given here: modules, params, static files. Plans are "
     "kept under .harness/impact for a week: after Ctrl-C the same command goes on, and with "
     "another policy it needs no exports. What policies say is no failure: exit 3 means that "
     "plans were missing, 5 that there were none.",
     "harness impact policies/restrict-ssh.sentinel --workspace 'acme/*-prod' --since 30d\n"
     "harness impact policies/*.sentinel --workspace 'acme/*' --since 2026-11-01 --markdown\n"
     "harness impact policies/restrict-ssh.sentinel --workspace acme/network-prod --save denied",
     kImpactOptions, impact_command},
    {"doctor", "[MANIFEST]", "what this machine has, and what plan exports would lack",
     "Looks for a sentinel, a token (and says where it comes from), the host, and whether the "
     "manifest's plans may be exported with it. Changes nothing, exports nothing.",
     "harness doctor", kDoctorOptions, doctor_command},
    {"report", "FILE...", "saved JSON results into other formats; several become one",
     "Reads results of `harness run --report json=FILE`, those of shards too, shows them as one "
     "run "
     "and writes the reports asked for. Exits as that run would have.",
     "harness report result.json --report html=result.html\n"
     "harness report shard-*.json --report junit=all.xml",
     kReportOptions, report_command},
    {"schema", "", "the JSON Schema of the manifest", "", "harness schema > tests.schema.json",
     kSchemaOptions, schema_command},
    {"init", "", "a first tests.yaml for an existing policy repository",
     "Looks for policies, native cases, modules and parameters, and writes tests.yaml; one that is "
     "there is kept as it is. With --ci, also prints a snippet for a CI system.",
     "harness init\nharness init --ci github", kInitOptions, init_command},
    {"completion", "SHELL", "completion for bash, zsh or fish", "",
     "source <(harness completion bash)\nharness completion fish | source", kSchemaOptions,
     completion_command},
    {"man", "[COMMAND]", "the manual, for man",
     "Writes the manual page of harness, or of one command, as man and mandoc read it. With "
     "--output, all of them into a folder.",
     "harness man run | man -l -\nharness man --output ~/.local/share/man/man1", kManOptions,
     man_command},
};

}  // namespace

std::span<const CommandRow> commands() {
  return kCommands;
}

const CommandRow* find_command(std::string_view name) {
  for (const CommandRow& row : kCommands) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace harness
