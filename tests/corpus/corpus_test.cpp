// The conformance scripts: what Sentinel does, written in Sentinel, so that other implementations
// could run them. Every `FOLDER/NAME.sentinel` beside this file is a test.
//
// A script is divided by lines `// --- what this part shows`; each part is a policy of its own
// (line numbers go on through the file) and says on its lines what must come of it:
//
//     print(1 + 2)      // expect: 3
//     1 + null          // expect error: what the error says, the whole of it
//     1 + null          // expect error at 5: the same, and the column it points at
//     main = [1]        // expect result: fail [1]
//
// `expect:` lines are compared in order with what is printed, a line of output each. Syntax errors
// and errors of evaluation look the same here. A part without `main` gets `main = true`.
//
// Lines `//@` say what a host gives the part: `param NAME JSON`, `global NAME JSON`,
// `static PATH JSON` and `mock PATH JSON`. A part `// --- module PATH` is the module that the part
// behind it imports (several may stand in a row).
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/base/system.h"
#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/data/json.h"
#include "plugin/sentinel/eval/evaluate.h"
#include "plugin/sentinel/syntax/formatter.h"
#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/value/operation.h"

namespace {

struct Expectation {
  enum class Kind { Print, Error, Result };
  Kind kind = Kind::Print;
  std::size_t line = 0;
  std::size_t column = 0;  // 0: not said
  std::string text;
};

struct Part {
  std::string name;
  std::string text;               // line ends stand for what is above the part
  std::vector<std::string> host;  // behind `//@ `
  std::vector<Expectation> expect;
  bool is_module = false;  // `name` is its path
};

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

void read_expectation(std::string_view line, std::size_t number, std::vector<Expectation>& out) {
  constexpr std::string_view kMark = "// expect";
  const std::size_t at = line.rfind(kMark);
  if (at == std::string_view::npos) return;
  std::string_view rest = line.substr(at + kMark.size());
  Expectation expectation;
  expectation.line = number;
  const auto accept = [&](std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  };
  if (accept(" error at ")) {
    expectation.kind = Expectation::Kind::Error;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      expectation.column = expectation.column * 10 + static_cast<std::size_t>(rest.front() - '0');
      rest.remove_prefix(1);
    }
  } else if (accept(" error")) {
    expectation.kind = Expectation::Kind::Error;
  } else if (accept(" result")) {
    expectation.kind = Expectation::Kind::Result;
  }
  if (!accept(":")) return;
  accept(" ");
  expectation.text = rest;
  out.push_back(std::move(expectation));
}

std::vector<Part> read_script(const std::filesystem::path& path) {
  constexpr std::string_view kDivider = "// --- ";
  std::vector<Part> parts(1);
  std::size_t number = 0;
  for (const std::string& line : lines_of(path)) {
    ++number;
    if (line.starts_with(kDivider)) {
      Part part;
      part.name = line.substr(kDivider.size());
      if (part.name.starts_with("module ")) {
        part.is_module = true;
        part.name = part.name.substr(7);
      }
      part.text.assign(number, '\n');
      parts.push_back(std::move(part));
      continue;
    }
    Part& part = parts.back();
    if (line.starts_with("//@ ")) part.host.push_back(line.substr(4));
    read_expectation(line, number, part.expect);
    part.text += line;
    part.text += '\n';
  }
  // What stands above the first divider says where the script comes from.
  parts.erase(parts.begin());
  return parts;
}

class StillClock : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'767'323'045));
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
  bool sleep(std::chrono::milliseconds, const base::CancelToken& cancel) const override {
    return !cancel.cancelled();
  }
};

struct Observed {
  std::vector<std::string> prints;
  std::vector<Expectation> errors;
  std::string result;
};

/// In which form a script is run; nothing may depend on it but places.
enum class Form { AsWritten, Formatted };

sentinel::ProgramPtr load(const std::string& name, const std::string& written, Form form,
                          Observed& observed) {
  std::string text = written;
  if (form == Form::Formatted) {
    const auto formatted = sentinel::format(std::make_shared<base::Source>(name, written));
    if (formatted.errors.empty()) text = formatted.text;
  }
  const auto add = [&](const base::Diagnostic& error) {
    Expectation out{Expectation::Kind::Error};
    out.line = error.where ? error.where->line : 0;
    out.column = error.where ? error.where->column : 0;
    out.text = error.what;
    observed.errors.push_back(std::move(out));
  };
  const auto parsed = sentinel::parse(std::make_shared<base::Source>(name, text));
  for (const base::Diagnostic& error : parsed.errors)
    add(error);
  if (!parsed.tree) return nullptr;
  const auto resolved = sentinel::resolve(parsed.tree);
  for (const base::Diagnostic& error : resolved.errors)
    add(error);
  return resolved.program;
}

sentinel::OwnedValue json(std::string_view text) {
  auto document =
      sentinel::read_frozen_json(std::make_shared<base::Source>("host", std::string(text)));
  if (!document) {
    ADD_FAILURE() << base::to_text(document.error());
    return {};
  }
  return {document->value, document->data};
}

/// What the part is evaluated with; no policy where `out` has errors.
sentinel::Inputs inputs_of(const std::string& file, const Part& part,
                           const std::vector<Part>& modules, Form form, Observed& out) {
  sentinel::Inputs inputs;
  for (const Part& module : modules) {
    sentinel::ImportBinding binding;
    binding.path = module.name;
    binding.kind = sentinel::ImportBinding::Kind::Module;
    binding.module = load(file, module.text, form, out);
    inputs.imports.push_back(std::move(binding));
  }
  for (const std::string& each : part.host) {
    const std::size_t first = each.find(' ');
    const std::size_t second = each.find(' ', first + 1);
    const std::string kind = each.substr(0, first);
    const std::string name = each.substr(first + 1, second - first - 1);
    const sentinel::OwnedValue value = json(each.substr(second + 1));
    if (kind == "param") {
      inputs.parameters.push_back({name, value});
    } else if (kind == "global") {
      inputs.globals.push_back({name, value});
    } else if (kind == "static" || kind == "mock") {
      sentinel::ImportBinding binding;
      binding.path = name;
      binding.kind = kind == "static" ? sentinel::ImportBinding::Kind::Static
                                      : sentinel::ImportBinding::Kind::Data;
      binding.data = value;
      inputs.imports.push_back(std::move(binding));
    } else {
      ADD_FAILURE() << "unknown word `" << kind << "` behind `//@`";
    }
  }
  std::string text = part.text;
  if (text.find("\nmain = ") == std::string::npos) text += "main = true\n";
  inputs.policy = load(file, text, form, out);
  if (!out.errors.empty()) inputs.policy = nullptr;
  return inputs;
}

Observed run(const sentinel::Inputs& inputs) {
  Observed out;
  base::System system = base::real_system();
  system.clock = std::make_shared<StillClock>();
  const sentinel::Outcome outcome = sentinel::evaluate(inputs, system);
  for (const std::string& print : outcome.prints) {
    std::size_t from = 0;
    for (std::size_t to = 0; to != std::string::npos; from = to + 1) {
      to = print.find('\n', from);
      out.prints.push_back(print.substr(from, to == std::string::npos ? to : to - from));
    }
  }
  if (outcome.error) {
    Expectation error{Expectation::Kind::Error};
    error.line = outcome.error->where ? outcome.error->where->line : 0;
    error.column = outcome.error->where ? outcome.error->where->column : 0;
    error.text = outcome.error->message;
    out.errors.push_back(std::move(error));
    out.result = "error";
    return out;
  }
  switch (outcome.result) {
  case sentinel::Outcome::Result::Pass:
    out.result = "pass ";
    break;
  case sentinel::Outcome::Result::Fail:
    out.result = "fail ";
    break;
  default:
    out.result = "undefined ";
    break;
  }
  out.result += sentinel::to_text(outcome.main);
  return out;
}

Observed run(const std::string& file, const Part& part, const std::vector<Part>& modules,
             Form form = Form::AsWritten, sentinel::Observe observe = {}) {
  Observed out;
  sentinel::Inputs inputs = inputs_of(file, part, modules, form, out);
  inputs.observe = observe;
  return inputs.policy ? run(inputs) : out;
}

/// All but the places, a line each.
std::string shown(const Observed& observed) {
  std::string out;
  for (const std::string& print : observed.prints)
    out += print + '\n';
  for (const Expectation& error : observed.errors) {
    // How much stack a call needs, and there is, differs between threads and ways to run.
    out += "error: " + (error.text.starts_with("calls ") ? "calls" : error.text) + '\n';
  }
  return out + observed.result + '\n';
}

void check(const std::string& file, const Part& part, const Observed& observed) {
  const auto at = [&](const Expectation& expectation) {
    return file + ":" + std::to_string(expectation.line);
  };
  std::size_t prints = 0;
  std::size_t errors = 0;
  for (const Expectation& expectation : part.expect) {
    switch (expectation.kind) {
    case Expectation::Kind::Print:
      if (prints >= observed.prints.size()) {
        ADD_FAILURE() << at(expectation) << ": printed nothing, expected " << expectation.text;
      } else {
        EXPECT_EQ(observed.prints[prints], expectation.text) << at(expectation);
      }
      ++prints;
      break;
    case Expectation::Kind::Error:
      if (errors >= observed.errors.size()) {
        ADD_FAILURE() << at(expectation) << ": no error, expected " << expectation.text;
      } else {
        const Expectation& error = observed.errors[errors];
        EXPECT_EQ(error.text, expectation.text) << at(expectation);
        EXPECT_EQ(error.line, expectation.line) << at(expectation) << ": " << error.text;
        if (expectation.column != 0) {
          EXPECT_EQ(error.column, expectation.column) << at(expectation);
        }
      }
      ++errors;
      break;
    case Expectation::Kind::Result:
      EXPECT_EQ(observed.result, expectation.text) << at(expectation);
      break;
    }
  }
  for (; prints < observed.prints.size(); ++prints)
    ADD_FAILURE() << file << ": " << part.name << ": printed " << observed.prints[prints]
                  << ", which nothing expects";
  for (; errors < observed.errors.size(); ++errors)
    ADD_FAILURE() << file << ":" << observed.errors[errors].line << ":"
                  << observed.errors[errors].column << ": " << part.name << ": "
                  << observed.errors[errors].text;
  if (part.expect.empty())
    ADD_FAILURE() << file << ": " << part.name << ": says nothing of what must come of it";
}

class Corpus : public testing::TestWithParam<std::string> {};

/// Calls `each` for the parts of the script that are policies, and their modules.
template <class Each>
void for_each_policy(const std::string& script, const Each& each) {
  const std::filesystem::path path =
      std::filesystem::path(HARNESS_SOURCE_DIR) / "tests/corpus" / script;
  std::vector<Part> modules;
  for (const Part& part : read_script(path)) {
    if (part.is_module) {
      modules.push_back(part);
      continue;
    }
    SCOPED_TRACE(part.name);
    each(part, modules);
    modules.clear();
  }
}

TEST_P(Corpus, DoesWhatItsLinesSay) {
  for_each_policy(GetParam(), [](const Part& part, const std::vector<Part>& modules) {
    Part whole = part;
    for (const Part& module : modules)
      whole.expect.insert(whole.expect.begin(), module.expect.begin(), module.expect.end());
    check(GetParam(), whole, run(GetParam(), part, modules));
  });
}

TEST_P(Corpus, DoesTheSameFormatted) {
  for_each_policy(GetParam(), [](const Part& part, const std::vector<Part>& modules) {
    EXPECT_EQ(shown(run(GetParam(), part, modules, Form::Formatted)),
              shown(run(GetParam(), part, modules)));
  });
}

TEST_P(Corpus, DoesTheSameObserved) {
  for_each_policy(GetParam(), [](const Part& part, const std::vector<Part>& modules) {
    EXPECT_EQ(shown(run(GetParam(), part, modules, Form::AsWritten,
                        {.explanation = true, .trace = true, .coverage = true})),
              shown(run(GetParam(), part, modules)));
  });
}

TEST_P(Corpus, DoesTheSameInParallel) {
  for_each_policy(GetParam(), [](const Part& part, const std::vector<Part>& modules) {
    Observed unused;
    const sentinel::Inputs inputs = inputs_of(GetParam(), part, modules, Form::AsWritten, unused);
    if (!inputs.policy) return;
    std::vector<std::string> outcomes(3);
    std::vector<std::thread> threads;
    for (std::string& outcome : outcomes)
      threads.emplace_back([&outcome, &inputs] { outcome = shown(run(inputs)); });
    for (std::thread& thread : threads)
      thread.join();
    const std::string alone = shown(run(inputs));
    for (const std::string& outcome : outcomes)
      EXPECT_EQ(outcome, alone);
  });
}

/// A module that is pure data is read past the parser.
TEST_P(Corpus, DataIsTheSameReadEitherWay) {
  for_each_policy(GetParam(), [](const Part& part, const std::vector<Part>& modules) {
    Observed out;
    sentinel::Inputs inputs = inputs_of(GetParam(), part, modules, Form::AsWritten, out);
    if (!inputs.policy) return;
    const std::string parsed = shown(run(inputs));
    std::size_t read = 0;
    for (const Part& module : modules) {
      auto data = sentinel::read_data(std::make_shared<base::Source>(GetParam(), module.text));
      if (!data) continue;
      for (sentinel::ImportBinding& binding : inputs.imports) {
        if (binding.path != module.name) continue;
        binding.kind = sentinel::ImportBinding::Kind::Data;
        binding.data = {sentinel::Value::map((*data)->root), *data};
        ++read;
      }
    }
    if (read != 0) {
      EXPECT_EQ(shown(run(inputs)), parsed);
    }
  });
}

std::vector<std::string> scripts() {
  const std::filesystem::path root = std::filesystem::path(HARNESS_SOURCE_DIR) / "tests/corpus";
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".sentinel")
      out.push_back(entry.path().lexically_relative(root).generic_string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(CorpusTable, NamesEveryScript) {
  const std::filesystem::path root = std::filesystem::path(HARNESS_SOURCE_DIR) / "tests/corpus";
  std::string table;
  for (const std::string& line : lines_of(root / "README.md"))
    table += line + '\n';
  for (const std::string& script : scripts()) {
    const std::string name = script.substr(0, script.rfind('.'));
    const std::string folder = script.substr(0, script.find('/') + 1);
    EXPECT_TRUE(table.find('`' + name + '`') != std::string::npos ||
                table.find('`' + folder + '`') != std::string::npos)
        << script << " is in no row of tests/corpus/README.md";
  }
}

INSTANTIATE_TEST_SUITE_P(Script, Corpus, testing::ValuesIn(scripts()),
                         [](const testing::TestParamInfo<std::string>& script) {
                           std::string name = script.param.substr(0, script.param.rfind('.'));
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return c == '/' || c == '-'; }, '_');
                           return name;
                         });

}  // namespace
