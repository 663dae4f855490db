#include "harness/command/selection.h"

#include <algorithm>
#include <set>

#include "harness/fixture/store.h"
#include "harness/run/changed.h"
#include "harness/run/select.h"
#include "plugin/base/file.h"

namespace harness {
namespace {

constexpr std::uint64_t kMostRemembered = std::uint64_t{64} << 20U;

/// One file for each manifest of a repository; a name a line.
base::Path memory_of(const Manifest& manifest, const base::Path& folder) {
  std::string name = base::display_path(manifest.file, manifest.root);
  std::replace(name.begin(), name.end(), '/', '_');
  return folder / "failed" / name;
}

/// Names may hold line ends: those are escaped.
std::string escaped(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

std::string unescaped(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      ++i;
      out += line[i] == 'n' ? '\n' : line[i];
    } else {
      out += line[i];
    }
  }
  return out;
}

std::set<std::string> failures_of(const Manifest& manifest) {
  std::set<std::string> out;
  const base::Path folder = manifest.root / ".harness";
  const auto text = base::read_file(memory_of(manifest, folder), kMostRemembered);
  if (!text) return out;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    out.insert(unescaped(std::string_view(*text).substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

/// --shard, else what a CI system or Bazel says.
base::Result<std::optional<Shard>> shard_of(const Arguments& arguments,
                                            const base::Environment& environment) {
  if (arguments.has("shard")) {
    auto shard = parse_shard(arguments.value("shard"));
    if (!shard) return std::move(shard.error());
    return std::optional(*shard);
  }
  const std::string total(base::get(environment, "TEST_TOTAL_SHARDS"));
  const std::string index(base::get(environment, "TEST_SHARD_INDEX"));
  if (!total.empty() && !index.empty()) {
    // Bazel counts from 0, and wants to see that shards are understood.
    const std::string status(base::get(environment, "TEST_SHARD_STATUS_FILE"));
    if (!status.empty()) {
      if (auto written = base::write_file(status, ""); !written) return std::move(written.error());
    }
    auto shard = parse_shard("1/" + total);
    if (!shard) return std::move(shard.error());
    const auto number =
        parse_shard(std::to_string(std::strtoul(index.c_str(), nullptr, 10) + 1) + "/" + total);
    if (!number) return base::Diagnostic(number.error());
    return std::optional(*number);
  }
  const std::string node(base::get(environment, "CI_NODE_INDEX"));
  const std::string nodes(base::get(environment, "CI_NODE_TOTAL"));
  if (!node.empty() && !nodes.empty()) {
    auto shard = parse_shard(node + "/" + nodes);
    if (!shard) return std::move(shard.error());
    return std::optional(*shard);
  }
  return std::optional<Shard>();
}

}  // namespace

base::Result<Chosen> choose(const Manifest& manifest, const Arguments& arguments,
                            const Context& context) {
  Selection selection{.filters = arguments.values("filter"), .tags = arguments.values("tag")};
  Chosen out;
  if (arguments.has("failed")) {
    selection.names = failures_of(manifest);
    if (selection.names->empty()) out.empty_is_fine = "nothing failed in the last run";
  }
  if (arguments.has("changed")) {
    const std::string reference = arguments.value("changed");
    auto files = changed_files(manifest.root, reference.empty() ? "HEAD" : reference,
                               context.system, context.cancel);
    if (!files) return std::move(files.error());
    selection.changed = std::move(*files);
    out.empty_is_fine = "nothing that a case is made from has changed";
  }
  auto shard = shard_of(arguments, context.system.environment);
  if (!shard) return std::move(shard.error());
  auto before = select(manifest, selection);
  if (!before) return std::move(before.error());
  out.cases = std::move(*before);
  if (*shard) {
    const bool any = !out.cases.empty();
    selection.shard = **shard;
    auto slice = select(manifest, selection);
    if (!slice) return std::move(slice.error());
    out.cases = std::move(*slice);
    if (any && out.cases.empty()) out.empty_is_fine = "this shard is empty";
  }
  return out;
}

void remember_failures(const Manifest& manifest, const RunReport& report) {
  std::set<std::string> failures = failures_of(manifest);
  const bool none_before = failures.empty();
  for (const CaseReport& item : report.cases) {
    if (item.verdict == Verdict::Failed || item.verdict == Verdict::Error || item.cut_off) {
      failures.insert(item.full_name);
    } else if (item.verdict == Verdict::Passed) {
      failures.erase(item.full_name);
    }
  }
  if (failures.empty() && none_before) return;
  std::set<std::string> known;
  for (const Case& one : manifest.cases)
    known.insert(one.full_name);
  const auto folder = private_folder(manifest);
  if (!folder) return;
  std::string text;
  for (const std::string& name : failures) {
    if (known.contains(name)) text += escaped(name) + "\n";
  }
  // Forgetting is no reason to fail.
  if (!base::write_file(memory_of(manifest, *folder), text)) return;
}

}  // namespace harness
