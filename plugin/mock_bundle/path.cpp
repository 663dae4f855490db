#include "plugin/mock_bundle/path.h"

#include <algorithm>
#include <charconv>

namespace mock_bundle {
namespace {

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

/// `"name"` from the quote at `at`; `\"` and `\\` are the only escapes. False: it does not end.
bool read_quoted(std::string_view text, std::size_t& at, std::string& out) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      return true;
    }
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) {
      ++at;
    }
    out.push_back(text[at]);
  }
  return false;
}

/// The inside of brackets: `3`, `-1`, `*`, `"name"`.
bool read_brackets(std::string_view text, std::size_t& at, Step& step, PathError& error) {
  const std::size_t begin = at++;
  if (at < text.size() && text[at] == '"') {
    step.kind = Step::Kind::Key;
    if (!read_quoted(text, at, step.key)) {
      error = {begin + 1, "a `\"` is missing"};
      return false;
    }
  } else {
    const std::size_t end = std::min(text.find(']', at), text.size());
    const std::string_view inside = text.substr(at, end - at);
    if (inside == "*") {
      step.kind = Step::Kind::Each;
    } else {
      step.kind = Step::Kind::Index;
      const auto [stop, code] =
          std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
      if (code != std::errc() || stop != inside.data() + inside.size()) {
        error = {at, "`" + std::string(inside) + "` is no number, `*` or text in quotes"};
        return false;
      }
    }
    at = end;
  }
  if (at >= text.size() || text[at] != ']') {
    error = {begin, "a `]` is missing"};
    return false;
  }
  ++at;
  return true;
}

}  // namespace

std::optional<std::vector<Step>> parse_path(std::string_view text, PathError& error) {
  std::vector<Step> steps;
  std::size_t at = 0;
  while (at < text.size()) {
    Step step;
    if (text[at] == '[') {
      if (!read_brackets(text, at, step, error)) return std::nullopt;
    } else {
      if (text[at] == '.' && !steps.empty()) ++at;
      const std::size_t end = std::min(text.find_first_of(".[", at), text.size());
      step.key = text.substr(at, end - at);
      if (step.key.empty()) {
        error = {at, "a name is missing"};
        return std::nullopt;
      }
      if (step.key == "*") step = {Step::Kind::Each, "", 0};
      at = end;
    }
    steps.push_back(std::move(step));
  }
  if (steps.empty()) {
    error = {0, "it is empty"};
    return std::nullopt;
  }
  return steps;
}

std::string path_text(const std::vector<Step>& steps, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count && i < steps.size(); ++i) {
    switch (steps[i].kind) {
    case Step::Kind::Index:
      out += '[' + std::to_string(steps[i].index) + ']';
      break;
    case Step::Kind::Each:
      out += "[*]";
      break;
    case Step::Kind::Key:
      if (is_word(steps[i].key)) {
        out += (out.empty() ? "" : ".") + steps[i].key;
      } else {
        out += "[\"";
        for (const char c : steps[i].key) {
          if (c == '"' || c == '\\') out.push_back('\\');
          out.push_back(c);
        }
        out += "\"]";
      }
      break;
    }
  }
  return out;
}

}  // namespace mock_bundle
