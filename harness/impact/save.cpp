#include "harness/impact/save.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include "harness/fixture/store.h"
#include "harness/impact/render.h"
#include "plugin/base/file.h"
#include "plugin/terraform_api/origin.h"

namespace harness {
namespace {

constexpr std::uint64_t kMostManifest = std::uint64_t{4} << 20U;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines)
    out += line + "\n";
  return out;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t\r");
  return at == std::string_view::npos || line[at] == '#';
}

/// `text` without a comment behind it, for lines that hold no quotation.
std::string_view bare(std::string_view text) {
  const std::size_t comment = text.find(" #");
  text = text.substr(0, comment);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

/// A block below a key: where its lines begin and end, and how far its entries are indented.
struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;  // behind its last line that is not blank
  std::size_t indent = 0;
};

/// The block below the key in line `at`, whose own indentation is `outer`. `is_list`: its entries
/// begin with `- `, which may stand below the key itself.
std::optional<Block> block_below(const std::vector<std::string>& lines, std::size_t at,
                                 std::size_t outer, bool is_list) {
  Block out{.begin = at + 1, .end = at + 1};
  bool any = false;
  for (std::size_t i = at + 1; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (is_blank(line)) continue;
    const std::size_t indent = indent_of(line);
    if (indent < line.size() && line[indent] == '\t') return std::nullopt;
    const bool item = line.compare(indent, 2, "- ") == 0;
    if (indent < outer || (indent == outer && !(is_list && item))) break;
    if (!any) {
      if (is_list != item) return std::nullopt;
      out.indent = indent;
      any = true;
    } else if (indent < out.indent) {
      break;
    }
    out.end = i + 1;
  }
  if (!any) return std::nullopt;
  return out;
}

/// The line of a key of the manifest's own map; nothing: it is not there. `written`: it is there in
/// some other way than `key:` alone.
std::optional<std::size_t> key_line(const std::vector<std::string>& lines, std::string_view key,
                                    bool& otherwise) {
  otherwise = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    for (const std::string& form :
         {std::string(key), "\"" + std::string(key) + "\"", "'" + std::string(key) + "'"}) {
      if (!line.starts_with(form)) continue;
      const std::string_view rest = std::string_view(line).substr(form.size());
      if (bare(rest) == ":") return i;
      if (rest.find(':') != std::string_view::npos) otherwise = true;
    }
    if (line.starts_with("{")) otherwise = true;
  }
  return std::nullopt;
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
  });
}

/// A YAML scalar that is text.
std::string scalar(std::string_view text) {
  if (is_plain(text) && text.front() != '-' &&
      text.find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string_view::npos) {
    constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no", "on", "off"};
    if (std::ranges::find(kWords, text) == std::end(kWords)) return std::string(text);
  }
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string case_line(const NewCase& one) {
  return "- { name: " + scalar(one.name) + ", mocks: " + scalar(one.mock) +
         ", expect: " + one.expect + " }";
}

std::vector<std::string> policy_lines(const NewCase& one, std::size_t indent) {
  const std::string blanks(indent, ' ');
  return {blanks + "- policy: " + scalar(one.policy),
          blanks + "  cases:", blanks + "    " + case_line(one)};
}

void insert(std::vector<std::string>& lines, std::size_t at, const std::vector<std::string>& more) {
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
}

/// Whether `value` is `policy`, quoted or not.
bool names(std::string_view value, std::string_view policy) {
  value = bare(value);
  while (!value.empty() && value.front() == ' ')
    value.remove_prefix(1);
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
      value.front() == value.back()) {
    value = value.substr(1, value.size() - 2);
  }
  return value == policy;
}

/// Puts a case behind those of its policy. False: there is no such block.
bool add_to_policy(std::vector<std::string>& lines, const Block& tests, const NewCase& one) {
  for (std::size_t i = tests.begin; i < tests.end; ++i) {
    if (is_blank(lines[i]) || indent_of(lines[i]) != tests.indent) continue;
    std::size_t stop = i + 1;
    while (stop < tests.end && (is_blank(lines[stop]) || indent_of(lines[stop]) > tests.indent))
      ++stop;
    bool same = false;
    std::optional<std::size_t> cases;
    const std::size_t keys = lines[i].find_first_not_of(' ', tests.indent + 1);
    if (keys == std::string::npos) continue;
    for (std::size_t j = i; j < stop; ++j) {
      if (j != i && (is_blank(lines[j]) || indent_of(lines[j]) != keys)) continue;
      const std::string_view key = std::string_view(lines[j]).substr(keys);
      if (key.starts_with("policy:")) same = same || names(key.substr(7), one.policy);
      if (bare(key) == "cases:") cases = j;
    }
    if (!same || !cases) continue;
    const auto block = block_below(lines, *cases, keys, true);
    if (!block) continue;
    insert(lines, std::min(block->end, stop), {std::string(block->indent, ' ') + case_line(one)});
    return true;
  }
  return false;
}

/// What was had already, as a source that the fixture store can record.
class KeptSource final : public mock_source::MockSource {
 public:
  explicit KeptSource(KeptPlan plan) : plan_(std::move(plan)) {}

  base::Result<mock_source::Provenance> fetch(const base::Path& folder,
                                              const mock_source::ProgressSink&,
                                              const base::CancelToken&) override {
    std::error_code error;
    std::filesystem::copy(plan_.folder, folder,
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing,
                          error);
    if (error) {
      return base::Diagnostic{
          .what = "the files of plan `" + plan_.provenance.plan + "` cannot be copied",
          .why = error.message()};
    }
    return plan_.provenance;
  }

 private:
  KeptPlan plan_;
};

std::string first_manifest(const ImpactOptions& options) {
  std::string out = "version: 1\n";
  const std::string host = terraform_api::credentials_host(options.origin);
  if (options.origin.scheme == "http") {
    out += "terraform: { address: \"" + http::origin(options.origin) + "\" }\n";
  } else if (host != terraform_api::kPublicHost) {
    out += "terraform: { hostname: \"" + host + "\" }\n";
  }
  return out;
}

/// Whether runs of the manifest's mocks are looked for where this one was found.
bool is_same_service(const Manifest& manifest, const http::Url& origin) {
  const Terraform terraform = manifest.terraform.value_or(Terraform{});
  const auto found = terraform.address.empty()
                         ? terraform_api::origin_of_host(
                               terraform.hostname.empty() ? std::string(terraform_api::kPublicHost)
                                                          : terraform.hostname)
                         : terraform_api::origin_of_address(terraform.address);
  return found && http::origin(*found) == http::origin(origin);
}

}  // namespace

base::Result<SaveRequest> parse_save(std::string_view text) {
  const std::size_t equals = text.find('=');
  SaveRequest out{.name = std::string(text.substr(0, equals))};
  if (equals != std::string_view::npos) out.run = text.substr(equals + 1);
  const bool good = is_plain(out.name) && out.name.find('/') == std::string::npos &&
                    out.name.front() != '.' && out.name.front() != '-' && out.name.front() != '_';
  if (!good) {
    return base::Diagnostic{.what = "`" + out.name + "` cannot be the name of a mock",
                            .why = "it becomes a folder's name",
                            .advice =
                                "begin with a letter or digit, then letters, digits, `.`, "
                                "`_`, `-`"};
  }
  if (equals != std::string_view::npos && !out.run.starts_with("run-") &&
      !out.run.starts_with("plan-")) {
    return base::Diagnostic{.what = "`" + out.run + "` is neither a run nor a plan",
                            .advice = "write `--save " + out.name + "=run-…`"};
  }
  return out;
}

const PlanImpact* plan_to_save(const ImpactReport& report, const SaveRequest& request) {
  const PlanImpact* best = nullptr;
  const auto rank = [](const PlanImpact& plan) {
    int out = 0;
    for (const PolicyImpact& seen : plan.policies) {
      if (seen.result == ImpactResult::Fail) out = std::max(out, 3);
      if (seen.result == ImpactResult::Undefined) out = std::max(out, 2);
      if (seen.result == ImpactResult::Error) out = std::max(out, 1);
    }
    return out;
  };
  for (const PlanImpact& plan : report.plans) {
    if (plan.policies.empty()) continue;
    if (!request.run.empty()) {
      if (plan.run.run == request.run || plan.run.plan == request.run) return &plan;
      continue;
    }
    if (rank(plan) == 0) continue;
    if (best == nullptr || rank(plan) > rank(*best) ||
        (rank(plan) == rank(*best) && plan.run.created_at > best->run.created_at)) {
      best = &plan;
    }
  }
  return best;
}

std::optional<std::string> with_case(std::string_view manifest, std::string_view name,
                                     std::string_view mock, const std::vector<NewCase>& cases) {
  std::vector<std::string> lines = lines_of(manifest);
  const std::string entry = std::string(name) + ": " + std::string(mock);
  bool otherwise = false;
  auto at = key_line(lines, "mocks", otherwise);
  if (otherwise) return std::nullopt;
  if (at) {
    const auto block = block_below(lines, *at, 0, false);
    if (!block || block->indent == 0) return std::nullopt;
    insert(lines, block->end, {std::string(block->indent, ' ') + entry});
  } else {
    auto tests = key_line(lines, "tests", otherwise);
    if (otherwise) return std::nullopt;
    insert(lines, tests.value_or(lines.size()), {"mocks:", "  " + entry});
  }
  for (const NewCase& one : cases) {
    at = key_line(lines, "tests", otherwise);
    if (otherwise) return std::nullopt;
    if (!at) {
      lines.emplace_back("tests:");
      insert(lines, lines.size(), policy_lines(one, 2));
      continue;
    }
    const auto tests = block_below(lines, *at, 0, true);
    if (!tests) return std::nullopt;
    if (add_to_policy(lines, *tests, one)) continue;
    insert(lines, tests->end, policy_lines(one, tests->indent));
  }
  return joined(lines);
}

std::string snippet(std::string_view name, std::string_view mock,
                    const std::vector<NewCase>& cases) {
  std::string out = "mocks:\n  " + std::string(name) + ": " + std::string(mock) + "\ntests:\n";
  for (const NewCase& one : cases)
    out += joined(policy_lines(one, 2));
  return out;
}

base::Result<std::string> save_plan(const Manifest* manifest, const base::Path& folder,
                                    const ImpactOptions& options, const ImpactReport& report,
                                    const PlanImpact& plan, const std::string& name,
                                    const base::System& system, const base::CancelToken& cancel) {
  const base::Path file = manifest != nullptr ? manifest->file : folder / "tests.yaml";
  const std::string shown = base::display_path(file, system.working_directory);
  if (manifest != nullptr && manifest->find_mock(name) != nullptr) {
    return base::Diagnostic{.what = "there is a mock `" + name + "` in `" + shown + "` already",
                            .advice = "save it under another name"};
  }
  const bool same = manifest == nullptr || is_same_service(*manifest, options.origin);
  const std::string mock = same
                               ? "{ plan-export: { run: " + scalar(plan.run.run) + " } }"
                               : "{ plan-export: { url: \"" + run_page(report, plan.run) + "\" } }";
  std::vector<NewCase> cases;
  for (std::size_t p = 0; p < plan.policies.size(); ++p) {
    const base::Path policy = options.root / report.policies[p];
    cases.push_back({.policy = policy.lexically_relative(file.parent_path()).generic_string(),
                     .name = plan.run.run + " of " + plan.run.workspace,
                     .mock = name,
                     .expect = std::string(impact_name(plan.policies[p].result))});
  }

  std::string before;
  if (manifest != nullptr) {
    auto text = base::read_file(file, kMostManifest);
    if (!text) return std::move(text.error());
    before = std::move(*text);
  } else {
    before = first_manifest(options);
  }
  std::optional<std::string> after = with_case(before, name, mock, cases);
  const auto read_there = [&](const base::Path& path) {
    std::vector<base::Diagnostic> problems;
    return read_manifest(
        path,
        {.allow_outside = options.allow_outside, .working_directory = system.working_directory},
        problems);
  };
  std::optional<Manifest> read;
  if (after) {
    // What is written must mean what it should: tried beside the manifest first.
    auto trial = base::make_staging_folder(file.parent_path(), ".harness-save-");
    if (!trial) return std::move(trial.error());
    (void)base::remove_tree(*trial);
    const base::Path beside = trial->string() + ".yaml";
    if (auto written = base::write_file(beside, *after); !written)
      return std::move(written.error());
    read = read_there(beside);
    (void)base::remove_tree(beside);
    const std::size_t old_cases = manifest == nullptr ? 0 : manifest->cases.size();
    const std::size_t old_mocks = manifest == nullptr ? 0 : manifest->mocks.size();
    const bool meant = read && read->cases.size() == old_cases + cases.size() &&
                       read->mocks.size() == old_mocks + 1 && read->find_mock(name) != nullptr;
    if (!meant) after.reset();
  }
  if (!after) {
    return "`" + shown + "` has no place to add them safely: put this into it\n\n" +
           snippet(name, mock, cases);
  }
  if (auto written = base::write_file(file, *after); !written) return std::move(written.error());
  read = read_there(file);  // so that whatever is said of it names the place
  if (!read) return base::Diagnostic{.what = "`" + shown + "` has changed meanwhile"};
  std::string out = "mock `" + name + "` (" + plan.run.run + " of " + plan.run.workspace +
                    ") and " + counted(cases.size(), "case", "cases") + " written to `" + shown +
                    "`:\n";
  for (const NewCase& one : cases)
    out += "  " + one.policy + " › " + one.name + ", expect: " + one.expect + "\n";

  const std::string advice = "`harness run` fetches it again";
  const auto kept = kept_plan(options.root, options.origin, plan.run.plan);
  if (!kept) return out + "the mock is not recorded yet: " + advice + "\n";
  auto store = FixtureStore::open(*read, system);
  if (!store) return std::move(store.error());
  auto fixture = (*store)->get(
      *read->find_mock(name), {.record = true},
      [&]() -> base::Result<std::unique_ptr<mock_source::MockSource>> {
        return std::unique_ptr<mock_source::MockSource>(std::make_unique<KeptSource>(*kept));
      },
      file.parent_path(), {}, cancel);
  if (!fixture) {
    return base::Diagnostic{.what = "mock `" + name + "` is written to `" + shown + "`, with " +
                                    counted(cases.size(), "case", "cases") + ", and not recorded",
                            .advice = advice + " once that is mended",
                            .causes = {std::move(fixture.error())}};
  }
  return out + "recorded in `" + fixture->written + "`; try `harness run --filter '" +
         plan.run.run + "'`\n";
}

}  // namespace harness
