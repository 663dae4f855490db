#include "plugin/terraform_api/cli_config.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include <simdjson.h>

namespace terraform_api {
namespace {

struct Word {
  enum class Kind { End, Name, Text, Mark } kind = Kind::End;
  std::string text;
  std::size_t line = 1;
};

class Reader {
 public:
  Reader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {}

  base::Result<CliConfig> read() {
    next();
    while (!failed_ && word_.kind != Word::Kind::End)
      read_item(0);
    if (failed_) return *failed_;
    return std::move(out_);
  }

 private:
  // NAME "label"… { … }, or NAME = VALUE; at the top (`depth` 0) or inside a block passed over.
  void read_item(int depth) {
    if (is_mark(",") || is_mark(";")) return next();
    if (word_.kind != Word::Kind::Name && word_.kind != Word::Kind::Text) {
      return fail("a setting's name", word_.line);
    }
    const std::string key = std::exchange(word_.text, "");
    next();
    std::vector<std::string> labels;
    while (word_.kind == Word::Kind::Text) {
      labels.push_back(std::exchange(word_.text, ""));
      next();
    }
    if (is_mark("=")) {
      next();
      if (depth == 0 && !is_mark("{")) return skip_value(0);
    }
    if (!is_mark("{")) return skip_value(0);
    next();
    if (depth == 0 && key == "credentials") return read_credentials(labels);
    if (depth == 0 && key == "credentials_helper") return read_helper(labels);
    skip_block(depth + 1);
  }

  void skip_block(int depth) {
    if (depth > 100) return fail("fewer nested blocks", word_.line);
    while (!failed_ && !is_mark("}")) {
      if (word_.kind == Word::Kind::End) return fail("`}`", word_.line);
      read_item(depth);
    }
    if (!failed_) next();
  }

  void read_credentials(const std::vector<std::string>& labels) {
    if (labels.size() == 1) return read_host(labels.front());
    // `credentials { "host" { … } }`, which HCL 1 takes for the same.
    while (!failed_ && !is_mark("}")) {
      if (word_.kind != Word::Kind::Text && word_.kind != Word::Kind::Name) {
        return fail("a host's name", word_.line);
      }
      const std::string host = word_.text;
      next();
      if (is_mark("=")) next();
      if (!is_mark("{")) return fail("`{`", word_.line);
      next();
      read_host(host);
      if (is_mark(",")) next();
    }
    if (!failed_) next();
  }

  void read_host(const std::string& host) {
    while (!failed_ && !is_mark("}")) {
      if (is_mark(",")) {
        next();
        continue;
      }
      if (word_.kind != Word::Kind::Name && word_.kind != Word::Kind::Text) {
        return fail("`token`", word_.line);
      }
      const std::string key = word_.text;
      next();
      if (!is_mark("=")) return fail("`=`", word_.line);
      next();
      if (key == "token" && word_.kind == Word::Kind::Text) {
        out_.tokens.insert_or_assign(host, base::Secret(std::exchange(word_.text, "")));
        next();
      } else {
        skip_value(0);
      }
    }
    if (!failed_) next();
  }

  void read_helper(const std::vector<std::string>& labels) {
    CliConfig::Helper helper;
    if (labels.size() == 1) helper.name = labels.front();
    while (!failed_ && !is_mark("}")) {
      if (word_.kind == Word::Kind::End) return fail("`}`", word_.line);
      const std::string key = word_.text;
      next();
      if (!is_mark("=")) return fail("`=`", word_.line);
      next();
      if (key != "args" || !is_mark("[")) {
        skip_value(0);
        continue;
      }
      next();
      while (!failed_ && !is_mark("]")) {
        if (word_.kind == Word::Kind::Text) helper.arguments.push_back(word_.text);
        if (word_.kind == Word::Kind::End) return fail("`]`", word_.line);
        next();
      }
      if (!failed_) next();
    }
    if (failed_) return;
    next();
    if (!helper.name.empty()) out_.helper = std::move(helper);
  }

  void skip_value(int depth) {
    if (failed_) return;
    if (depth > 100) return fail("fewer nested values", word_.line);
    if (is_mark("[")) {
      next();
      while (!failed_ && !is_mark("]")) {
        if (word_.kind == Word::Kind::End) return fail("`]`", word_.line);
        if (is_mark(",")) {
          next();
        } else {
          skip_value(depth + 1);
        }
      }
      if (!failed_) next();
    } else if (is_mark("{")) {
      next();
      skip_block(depth + 1);
    } else if (word_.kind == Word::Kind::End || word_.kind == Word::Kind::Mark) {
      fail("a value", word_.line);
    } else {
      next();
    }
  }

  bool is_mark(std::string_view mark) const {
    return word_.kind == Word::Kind::Mark && word_.text == mark;
  }

  // The text is not quoted: it holds tokens.
  void fail(std::string_view expected, std::size_t line) {
    if (failed_) return;
    failed_ = base::Diagnostic{
        .what = "Terraform's CLI configuration cannot be read",
        .where = base::Location{.file = name_, .line = static_cast<std::uint32_t>(line)},
        .why = "expected " + std::string(expected),
        .advice = "correct the file, or name another in `TF_CLI_CONFIG_FILE`"};
    word_ = {};
  }

  void next() {
    if (failed_) {
      word_ = {};
      return;
    }
    skip_blanks();
    word_ = {.line = line_};
    if (failed_ || at_ >= text_.size()) return;
    const char c = text_[at_];
    if (c == '"') return read_text();
    if (text_.substr(at_).starts_with("<<")) return read_here_document();
    constexpr std::string_view kMarks = "{}[]=,;";
    if (kMarks.find(c) != std::string_view::npos) {
      word_.kind = Word::Kind::Mark;
      word_.text = c;
      ++at_;
      return;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && (kMarks.find(text_[at_]) == std::string_view::npos) &&
           static_cast<unsigned char>(text_[at_]) > 0x20 && text_[at_] != '"') {
      ++at_;
    }
    word_.kind = Word::Kind::Name;
    word_.text = text_.substr(begin, at_ - begin);
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.front() == '\n') {
        ++line_;
        ++at_;
      } else if (static_cast<unsigned char>(rest.front()) <= 0x20) {
        ++at_;
      } else if (rest.starts_with("\xEF\xBB\xBF")) {
        at_ += 3;
      } else if (rest.front() == '#' || rest.starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest.starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return fail("the end of a comment", line_);
        line_ += static_cast<std::size_t>(std::ranges::count(text_.substr(at_, end - at_), '\n'));
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  void read_text() {
    ++at_;
    word_.kind = Word::Kind::Text;
    while (at_ < text_.size() && text_[at_] != '"') {
      char c = text_[at_++];
      if (c == '\n') return fail("a closing quote", line_);
      if (c == '\\' && at_ < text_.size()) {
        c = text_[at_++];
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      word_.text += c;
    }
    if (at_ >= text_.size()) return fail("a closing quote", line_);
    ++at_;
  }

  void read_here_document() {
    std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string marker(text_.substr(at_ + 2, end - at_ - 2));
    if (marker.starts_with('-')) marker.erase(0, 1);
    std::erase_if(marker, [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
    word_.kind = Word::Kind::Text;
    at_ = std::min(end + 1, text_.size());
    for (;;) {
      if (at_ >= text_.size()) return fail("the end of a here-document", line_);
      ++line_;
      end = std::min(text_.find('\n', at_), text_.size());
      std::string line(text_.substr(at_, end - at_));
      at_ = std::min(end + 1, text_.size());
      std::string bare = line;
      std::erase_if(bare, [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
      if (bare == marker) {
        ++line_;
        return;
      }
      word_.text += line + "\n";
    }
  }

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  Word word_;
  CliConfig out_;
  std::optional<base::Diagnostic> failed_;
};

}  // namespace

base::Result<CliConfig> parse_cli_config_hcl(const std::string& text, const std::string& name) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') return parse_cli_config_json(text, name);
  return Reader(text, name).read();
}

base::Result<CliConfig> parse_cli_config_json(const std::string& text, const std::string& name) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (parser.parse(text).get(root) != simdjson::SUCCESS) {
    return base::Diagnostic{.what = "Terraform's CLI configuration cannot be read",
                            .where = base::Location{.file = name},
                            .why = "it is no JSON object",
                            .advice = "run `terraform login` again"};
  }
  CliConfig out;
  simdjson::dom::object hosts;
  if (root["credentials"].get(hosts) == simdjson::SUCCESS) {
    for (const auto [host, value] : hosts) {
      std::string_view token;
      if (value["token"].get(token) == simdjson::SUCCESS)
        out.tokens.insert_or_assign(std::string(host), base::Secret(std::string(token)));
    }
  }
  simdjson::dom::object helpers;
  if (root["credentials_helper"].get(helpers) == simdjson::SUCCESS) {
    for (const auto [helper, value] : helpers) {
      out.helper = CliConfig::Helper{.name = std::string(helper)};
      simdjson::dom::array arguments;
      if (value["args"].get(arguments) != simdjson::SUCCESS) continue;
      for (const simdjson::dom::element argument : arguments) {
        std::string_view word;
        if (argument.get(word) == simdjson::SUCCESS) out.helper->arguments.emplace_back(word);
      }
    }
  }
  return out;
}

}  // namespace terraform_api
