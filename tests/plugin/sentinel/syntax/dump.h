// Sources in, dumps and messages out: what the tests of this folder compare.
#pragma once

#include <memory>
#include <string>

#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/syntax/tree_text.h"

namespace syntax_test {

inline sentinel::ParseResult parse(std::string text) {
  return sentinel::parse(std::make_shared<base::Source>("p.sentinel", std::move(text)));
}

/// The dump of a program, without its last line end; or `LINE:COLUMN: what (advice)` of each error.
inline std::string dump(std::string text) {
  const sentinel::ParseResult result = parse(std::move(text));
  std::string out;
  if (result.tree) {
    out = sentinel::to_text(*result.tree);
  } else {
    for (const base::Diagnostic& error : result.errors) {
      out += std::to_string(error.where->line) + ":" + std::to_string(error.where->column) + ": " +
             error.what;
      if (!error.advice.empty()) out += " (" + error.advice + ")";
      out += '\n';
    }
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

struct Case {
  const char* name;
  const char* source;
  const char* result;
};

}  // namespace syntax_test
