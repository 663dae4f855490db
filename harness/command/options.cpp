// The only file that includes CLI11: it costs seconds to compile.
#include "harness/command/options.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

namespace harness {
namespace {

constexpr OptionRow kOptions[] = {
    // Selection
    {"filter", 'f', Takes::List, "RE2", "", "only cases whose full name, POLICY/CASE, matches",
     "harness run --filter '^policies/restrict-ssh/'"},
    {"tag", 't', Takes::List, "TAG", "", "only cases with this tag",
     "harness run --tag network --tag slow"},
    {"failed", 0, Takes::Nothing, "", "",
     "only cases that failed in the last run, or did not finish before it was stopped",
     "harness run --failed"},
    {"changed", 0, Takes::OptionalValue, "REF", "",
     "only cases whose policy, module, mock or manifest entry changed in git since REF (HEAD)",
     "harness run --changed origin/main"},
    {"shard", 0, Takes::Value, "K/N", "", "only the K-th of N even slices",
     "harness run --shard 2/4"},
    // Running
    {"jobs", 'j', Takes::Value, "N", "", "how many policies run at a time (all processors)",
     "harness run -j 4"},
    {"runtime", 0, Takes::Value, "NAME", "auto|cli|builtin|both",
     "who evaluates policies; `both` fails where they differ", "harness run --runtime builtin"},
    {"fail-fast", 0, Takes::Nothing, "", "", "stop at the first failure",
     "harness run --fail-fast"},
    {"trace", 0, Takes::Nothing, "", "", "show every evaluated expression (builtin)",
     "harness run --trace --filter 'is allowed$'"},
    {"coverage", 0, Takes::OptionalValue, "PERCENT", "",
     "count which lines of the policies ran; fail below PERCENT (builtin)",
     "harness run --coverage=80"},
    {"durations", 0, Takes::Value, "N", "", "show the N slowest cases",
     "harness run --durations 10"},
    {"keep-workdir", 0, Takes::Nothing, "", "", "keep the Sentinel test directory",
     "harness run --keep-workdir"},
    {"watch", 0, Takes::Nothing, "", "", "run again whenever a file changes",
     "harness run --watch"},
    // Mocks
    {"offline", 0, Takes::Nothing, "", "", "use no network: what is not recorded is an error",
     "harness run --offline"},
    {"frozen", 0, Takes::Nothing, "", "",
     "fixtures must be there and agree with the lock (the default when CI is set)",
     "harness run --frozen"},
    {"fetch", 0, Takes::Nothing, "", "",
     "fetch what is missing even when CI is set, recording nothing there", "harness run --fetch"},
    {"refresh", 0, Takes::Nothing, "", "", "export recorded mocks again before the run",
     "harness run --refresh"},
    {"check", 0, Takes::Nothing, "", "",
     "change nothing; exit 1 if something would change, or differs", "harness refresh --check"},
    {"export-timeout", 0, Takes::Value, "TIME", "", "how long one export may take (10m)",
     "harness run --export-timeout 20m"},
    {"max-members", 0, Takes::Value, "N", "", "files and folders that an archive may hold (1000)",
     "harness run --max-members 5000"},
    {"max-unpacked", 0, Takes::Value, "SIZE", "", "bytes that an archive may unpack to (2G)",
     "harness run --max-unpacked 4G"},
    {"max-ratio", 0, Takes::Value, "N", "",
     "times its size that an archive may unpack to, beyond 10 MiB (200)",
     "harness run --max-ratio 1000"},
    // Impact
    {"workspace", 'w', Takes::List, "ORGANIZATION/NAME", "",
     "workspaces to look at; `*` stands for any characters",
     "harness impact policies/a.sentinel --workspace 'acme/*-prod'"},
    {"since", 0, Takes::Value, "TIME", "",
     "runs of the last `30d`, `12h`, `2w`, or since a date (30d)",
     "harness impact policies/a.sentinel --workspace 'acme/*' --since 2026-11-01"},
    {"plan-only", 0, Takes::Nothing, "", "", "speculative runs, too",
     "harness impact policies/a.sentinel --workspace 'acme/*' --plan-only"},
    {"save", 0, Takes::Value, "NAME[=RUN]", "",
     "write a mock NAME and a case of RUN to the manifest; without RUN, of the newest plan that "
     "fails",
     "harness impact policies/a.sentinel --workspace 'acme/*' --save denied=run-8F5J"},
    {"markdown", 0, Takes::Nothing, "", "", "print Markdown",
     "harness diff fixtures/network mocks --markdown"},
    // Time
    {"timeout", 0, Takes::Value, "TIME", "", "how long the whole run may take (no limit)",
     "harness run --timeout 90s"},
    {"case-timeout", 0, Takes::Value, "TIME", "", "how long one case may take (1m)",
     "harness run --case-timeout 10s"},
    // Trust
    {"allow-exec", 0, Takes::Nothing, "", "",
     "run the commands of `exec` mocks and plugins that policies name", "harness run --allow-exec"},
    {"allow-network", 0, Takes::Nothing, "", "", "let policies use `import \"http\"`",
     "harness run --allow-network"},
    {"allow-outside", 0, Takes::Nothing, "", "", "let paths leave the repository",
     "harness run --allow-outside"},
    {"pass-env", 0, Takes::List, "NAME", "", "give this variable to child processes",
     "harness run --pass-env AWS_PROFILE"},
    // Output
    {"report", 'r', Takes::List, "FORMAT[=PATH]", "",
     "write a report; without PATH, or with `-`, to standard output",
     "harness run --report junit=build/junit.xml --report json=build/result.json"},
    {"json", 0, Takes::Nothing, "", "", "print JSON", "harness list --json"},
    {"strict", 0, Takes::Nothing, "", "",
     "also fail on policies without a case, native cases without a policy, fixtures without a "
     "user, mocks past their max-age",
     "harness check --strict"},
    {"verbose", 'v', Takes::Nothing, "", "", "show every case; twice: traces of failures, too",
     "harness run -v"},
    {"quiet", 'q', Takes::Nothing, "", "", "show the last line only", "harness run -q"},
    {"color", 0, Takes::Value, "WHEN", "auto|always|never", "colours (auto)",
     "harness run --color always"},
    {"progress", 0, Takes::Value, "HOW", "auto|plain|none", "what is shown while it runs (auto)",
     "harness run --progress plain"},
    {"delete", 0, Takes::Nothing, "", "",
     "delete the export afterwards even where it was there before",
     "harness pull run-8F5J -o mocks --delete"},
    {"raw", 0, Takes::Nothing, "", "", "redact nothing: the files as the service made them",
     "harness pull run-8F5J -o mocks --raw"},
    {"output", 'o', Takes::Value, "PATH", "", "where to write", "harness pull run-8F5J -o mocks"},
    {"directory", 'C', Takes::Value, "DIR", "", "work as if started in DIR",
     "harness -C policies run"},
    {"ci", 0, Takes::Value, "SYSTEM", "github|gitlab|azure|jenkins", "also print a CI snippet",
     "harness init --ci github"},
    {"no-ci", 0, Takes::Nothing, "", "", "no annotations for the CI system that was found",
     "harness run --no-ci"},
    {"help", 'h', Takes::Nothing, "", "", "this text", "harness run --help"},
};

base::Diagnostic usage(std::string_view command, std::string what, std::string advice) {
  if (advice.empty()) advice = "see `harness " + std::string(command) + " --help`";
  return {.what = std::move(what), .advice = std::move(advice)};
}

std::string flag_of(const OptionRow& row) {
  return "--" + std::string(row.name);
}

/// `--filter=`: CLI11 would take the next word for the value.
std::optional<base::Diagnostic> empty_value(std::string_view command,
                                            std::span<const std::string_view> options,
                                            const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") break;
    if (!word.starts_with("--") || word.find('=') != word.size() - 1) continue;
    const OptionRow* row = find_option(std::string_view(word).substr(2, word.size() - 3));
    if (row == nullptr || row->takes == Takes::Nothing ||
        std::find(options.begin(), options.end(), row->name) == options.end())
      continue;
    return usage(command, "`" + word + "` has no value behind the `=`",
                 "for example `" + std::string(row->example) + "`");
  }
  return std::nullopt;
}

/// An optional value may stand behind a blank only where it cannot be the manifest; for CLI11 it is
/// always brought behind `=`.
std::vector<std::string> with_optional_values(std::span<const std::string_view> options,
                                              const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      out.insert(out.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const OptionRow* row = word.starts_with("--") ? find_option(word.substr(2)) : nullptr;
    if (row == nullptr || row->takes != Takes::OptionalValue ||
        std::find(options.begin(), options.end(), row->name) == options.end()) {
      out.push_back(word);
      continue;
    }
    const std::string* next = i + 1 < words.size() ? &words[i + 1] : nullptr;
    const bool takes_next = row->name == "changed" && next != nullptr && !next->starts_with('-') &&
                            !next->ends_with(".yaml") && !next->ends_with(".yml");
    // A blank stands for "no value given": CLI11 refuses an empty one.
    out.push_back(word + "=" + (takes_next ? *next : " "));
    if (takes_next) ++i;
  }
  return out;
}

base::Status check_choice(const OptionRow& row, const std::string& value,
                          const std::string& origin) {
  if (row.choices.empty()) return {};
  std::vector<std::string_view> choices;
  for (std::size_t at = 0; at <= row.choices.size();) {
    const std::size_t end = std::min(row.choices.find('|', at), row.choices.size());
    choices.push_back(row.choices.substr(at, end - at));
    at = end + 1;
  }
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  std::string list;
  for (const std::string_view choice : choices)
    list += (list.empty() ? "" : ", ") + std::string(choice);
  const std::string_view near = base::nearest_name(value, choices);
  return base::Diagnostic{
      .what = origin + " is `" + value + "`, expected one of " + list,
      .advice = near.empty() ? "" : "did you mean `" + std::string(near) + "`?"};
}

/// CLI11 names the words that it did not understand.
base::Diagnostic unknown(std::string_view command, std::span<const std::string_view> options,
                         const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> flags;
  for (const std::string_view option : options)
    flags.push_back("--" + std::string(option));
  const std::vector<std::string_view> candidates(flags.begin(), flags.end());
  const std::string_view near = base::nearest_name(name, candidates);
  const bool known =
      name.starts_with("--") && find_option(std::string_view(name).substr(2)) != nullptr;
  return usage(
      command,
      (known ? "`harness " + std::string(command) + "` has no option `" : "unknown option `") +
          name + "`",
      near.empty() || near == name ? "" : "did you mean `" + std::string(near) + "`?");
}

}  // namespace

std::span<const OptionRow> option_rows() {
  return kOptions;
}

const OptionRow* find_option(std::string_view name) {
  for (const OptionRow& row : kOptions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string variable_of(const OptionRow& option) {
  std::string out = "HARNESS_";
  for (const char c : option.name)
    out += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::string Arguments::value(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() || found->second.empty() ? "" : found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::size_t Arguments::count(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? 0 : found->second.size();
}

std::string Arguments::origin(std::string_view option) const {
  const auto found = origins_.find(option);
  return found == origins_.end() ? "`--" + std::string(option) + "`" : found->second;
}

base::Result<Arguments> parse_arguments(std::string_view command,
                                        std::span<const std::string_view> options,
                                        const std::vector<std::string>& words,
                                        const base::Environment& environment) {
  if (auto problem = empty_value(command, options, words)) return std::move(*problem);
  CLI::App app("", "harness " + std::string(command));
  app.set_help_flag();
  app.allow_extras(false);
  struct Bound {
    const OptionRow* row;
    CLI::Option* option;
    std::vector<std::string> values;
  };
  std::vector<std::unique_ptr<Bound>> bound;
  Arguments out;
  try {
    for (const std::string_view name : options) {
      const OptionRow* row = find_option(name);
      auto& item = *bound.emplace_back(std::make_unique<Bound>(Bound{row, nullptr, {}}));
      std::string names = row->letter == 0 ? "" : "-" + std::string(1, row->letter) + ",";
      names += flag_of(*row);
      if (row->takes == Takes::Nothing) {
        item.option = app.add_flag(names);
      } else {
        item.option = app.add_option(names, item.values);
        item.option->allow_extra_args(false);
        item.option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      }
    }
    app.add_option("words", out.words_);
    std::vector<std::string> reversed = with_optional_values(options, words);
    std::reverse(reversed.begin(), reversed.end());
    app.parse(reversed);
  } catch (const CLI::ExtrasError&) {
    const std::vector<std::string> rest = app.remaining();
    return unknown(command, options, rest.empty() ? "" : rest.front());
  } catch (const CLI::ParseError& error) {
    return usage(command, error.what(), "");
  } catch (const CLI::Error& error) {
    return usage(command, error.what(), "");
  }
  for (const auto& item : bound) {
    const OptionRow& row = *item->row;
    const std::string name(row.name);
    std::vector<std::string> values;
    if (item->option->count() > 0) {
      values = row.takes == Takes::Nothing ? std::vector<std::string>(item->option->count(), "true")
                                           : item->values;
      for (std::string& value : values) {
        if (row.takes == Takes::OptionalValue && value == " ") value.clear();
      }
      out.origins_[name] = "`" + flag_of(row) + "`";
    } else if (const std::string_view text = base::get(environment, variable_of(row));
               !text.empty() && row.name != "help") {
      const bool off = text == "0" || text == "false" || text == "no";
      if (row.takes == Takes::Nothing && off) continue;
      if (row.takes == Takes::Nothing && text != "1" && text != "true" && text != "yes")
        return usage(command,
                     "`" + variable_of(row) + "` is `" + std::string(text) + "`, expected 1 or 0",
                     "");
      values.emplace_back(text);
      out.origins_[name] = "`" + variable_of(row) + "`";
    } else {
      continue;
    }
    for (const std::string& value : values) {
      if (row.takes == Takes::Nothing) break;
      if (auto good = check_choice(row, value, out.origins_[name]); !good)
        return std::move(good.error());
    }
    out.values_[name] = std::move(values);
  }
  return out;
}

}  // namespace harness
