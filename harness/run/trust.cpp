#include "harness/run/trust.h"

#include <algorithm>
#include <string_view>

#include "plugin/base/file.h"
#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/syntax/parser.h"

namespace harness {
namespace {

/// Whether a case puts a mock in the place of the import.
bool mocks_http(const base::Path& case_file) {
  auto text = base::read_file(case_file, sentinel::kLargestConfiguration);
  if (!text) return false;
  std::vector<base::Diagnostic> errors;
  const sentinel::Configuration configuration = sentinel::read_configuration(
      std::make_shared<const base::Source>(case_file.string(), std::move(*text)), errors);
  return std::any_of(configuration.mocks.begin(), configuration.mocks.end(),
                     [](const sentinel::Mock& mock) { return mock.name == "http"; });
}

bool is_of_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The text before the first line that begins as an assignment does. Imports come first in a file:
/// where this parses by itself, it has all of them.
std::string_view head_of(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_of_a_name(text[end]))
      ++end;
    const std::size_t sign = text.find_first_not_of(" \t", end);
    if (end != at && sign != std::string_view::npos && text[sign] == '=') return text.substr(0, at);
    at = text.find('\n', at);
    if (at == std::string_view::npos) break;
    ++at;
  }
  return text;
}

}  // namespace

std::optional<base::Location> Trust::http_import(const base::Path& file, const base::Path& root) {
  {
    const std::lock_guard hold(mutex_);
    if (const auto found = seen_.find(file); found != seen_.end()) return found->second;
  }
  std::optional<base::Location> out;
  auto text = base::read_file(file);
  // Most mocks are data, and data has no imports.
  if (text && text->find("import") != std::string::npos) {
    const std::string name = base::display_path(file, root);
    // The tree of a large mock is many times its text.
    auto source = std::make_shared<const base::Source>(name, std::string(head_of(*text)));
    sentinel::ParseResult parsed = sentinel::parse(source);
    if (!parsed.tree) {
      source = std::make_shared<const base::Source>(name, std::move(*text));
      parsed = sentinel::parse(source);
    }
    if (parsed.tree) {
      for (const sentinel::ImportDeclaration& import : parsed.tree->imports) {
        if (import.path == "http") out = source->locate(import.path_span);
      }
    }
  }
  const std::lock_guard hold(mutex_);
  return seen_.emplace(file, std::move(out)).first->second;
}

std::optional<base::Diagnostic> Trust::refusal(const PlacedCase& placed) {
  if (!options_.allow_exec && !placed.plugins.empty()) {
    return base::Diagnostic{.what = "the case starts a program as a plugin",
                            .where = placed.plugins.front(),
                            .why = "plugins are started only with `--allow-exec`",
                            .advice = "look at the program, then add `--allow-exec`"};
  }
  if (options_.allow_network) return std::nullopt;
  std::optional<bool> mocked;
  for (const base::Path& file : placed.code) {
    if (auto where = http_import(file, placed.root)) {
      if (!mocked) mocked = mocks_http(placed.root / placed.case_file);
      if (*mocked) return std::nullopt;
      return base::Diagnostic{
          .what = "the policy imports `http`",
          .where = std::move(where),
          .why = "policies use the network only with `--allow-network`",
          .advice = "mock `http`, or read the policy and add `--allow-network`"};
    }
  }
  return std::nullopt;
}

}  // namespace harness
