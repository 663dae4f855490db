// Whatever the policy: an outcome within the bounds; an error has a place; observing changes
// nothing; the same again gives the same.
#include "plugin/sentinel/eval/evaluate.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/value/operation.h"

namespace {

using namespace sentinel;  // NOLINT(google-build-using-namespace): one small program

constexpr std::string_view kMock =
    "resources = {\"a\": {\"tags\": {\"k\": 1}, \"l\": [1, 2, null, undefined]}, \"b\": \"text\"}\n"
    "count = 2\n";

ImportBinding mock() {
  static const std::optional<FrozenDataPtr> data =
      read_data(std::make_shared<base::Source>("mock.sentinel", std::string(kMock)));
  ImportBinding binding;
  binding.path = "m";
  binding.data = {Value::map((*data)->root), *data};
  return binding;
}

std::string shown(const Outcome& outcome) {
  std::string text = std::to_string(static_cast<int>(outcome.result));
  for (const std::string& line : outcome.prints)
    text += line;
  for (const RuleResult& rule : outcome.rules)
    text += rule.name + (rule.failed ? "!" : "");
  if (outcome.error) text += outcome.error->message;
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const base::System system = base::real_system();
  ParseResult parsed = parse(std::make_shared<base::Source>(
      "fuzz.sentinel", std::string(reinterpret_cast<const char*>(data), size)));
  if (parsed.tree == nullptr) return 0;
  ResolveResult resolved = resolve(std::move(parsed.tree));
  if ((resolved.program == nullptr) != !resolved.errors.empty()) __builtin_trap();
  if (resolved.program == nullptr) return 0;
  (void)to_text(*resolved.program);

  Inputs inputs;
  inputs.policy = resolved.program;
  inputs.imports.push_back(mock());
  inputs.limits.steps = 5'000;
  inputs.limits.depth = 60;
  inputs.limits.memory = std::size_t{16} << 20U;
  inputs.limits.prints = 10'000;
  const Outcome plain = evaluate(inputs, system);
  if ((plain.result == Outcome::Result::Error) != plain.error.has_value()) __builtin_trap();
  if (plain.error && (!plain.error->where || plain.error->message.empty())) __builtin_trap();
  // A clock that runs on and bounds of memory, which observing needs too, may differ.
  if (plain.error && plain.error->kind == EvaluationError::Kind::Limit) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find("time") != std::string_view::npos) return 0;
  inputs.observe = {true, true, true};
  inputs.limits.memory = std::size_t{256} << 20U;
  inputs.limits.steps = 500'000;  // a loop over `range` is a call there
  if (shown(evaluate(inputs, system)) != shown(plain)) __builtin_trap();
  return 0;
}
