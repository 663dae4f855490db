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
constexpr std::string_view kCheckOptions[] = {"strict", "allow-outside", "color", "directory",
                                              "help"};
constexpr std::string_view kListOptions[] = {"filter",    "tag",           "failed", "changed",
                                             "shard",     "allow-outside", "json",   "color",
                                             "directory", "help"};
constexpr std::string_view kSchemaOptions[] = {"directory", "help"};

constexpr CommandRow kCommands[] = {
    {"run", "[MANIFEST]", "fetch what is missing, run the policies, report",
     "Reads the manifest (tests.yaml, looked for upwards to the repository's root), gets its "
     "mocks, "
     "builds a Sentinel test directory, runs the policies and reports what did not hold.",
     "harness run\nharness run --filter '^policies/restrict-ssh/' --trace\n"
     "harness run --report junit=build/junit.xml\nCI=true harness run --fetch",
     kRunOptions, run_command},
    {"check", "[MANIFEST]", "validate the manifest and all that it names, offline",
     "Reads the manifest and everything it names, and lists every problem with file, line and "
     "column. Nothing is fetched, run or written.",
     "harness check\nharness check --strict", kCheckOptions, check_command},
    {"list", "[MANIFEST]", "the mocks and cases that `run` would use", "",
     "harness list\nharness list --json --tag network", kListOptions, list_command},
    {"schema", "", "the JSON Schema of the manifest", "", "harness schema > tests.schema.json",
     kSchemaOptions, schema_command},
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
