#include "harness/run/native.h"

#include "plugin/base/file.h"
#include "plugin/sentinel/config/configuration.h"

namespace harness {

base::Result<Expectation> native_expectation(const NamedPath& file) {
  auto text = base::read_file(file.path, sentinel::kLargestConfiguration);
  if (!text) return std::move(text.error());
  const auto source = std::make_shared<const base::Source>(file.written, std::move(*text));
  std::vector<base::Diagnostic> errors;
  const sentinel::Configuration configuration = sentinel::read_configuration(source, errors);
  if (!errors.empty()) return std::move(errors.front());
  Expectation out;
  if (!configuration.expected_rules) {
    out.result = Expectation::Result::Pass;
    return out;
  }
  for (const sentinel::Setting& rule : *configuration.expected_rules) {
    out.rules.push_back({.name = rule.name,
                         .value = rule.value,
                         .where = rule.place.locate().value_or(base::Location{})});
  }
  return out;
}

}  // namespace harness
