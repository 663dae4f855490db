#include "harness/run/missing_rule.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugin/base/file.h"
#include "plugin/sentinel/syntax/parser.h"

namespace harness {
namespace {

constexpr std::string_view kNotEvaluated = "not evaluated";

/// The names that a policy gives to rules, wherever it does so.
void collect(sentinel::Block block, std::vector<std::string_view>& out) {
  for (const sentinel::Statement* statement : block) {
    switch (statement->kind) {
    case sentinel::NodeKind::Assign: {
      const auto& assign = static_cast<const sentinel::Assign&>(*statement);
      if (assign.target->kind == sentinel::NodeKind::Name &&
          assign.value->kind == sentinel::NodeKind::RuleLiteral)
        out.push_back(static_cast<const sentinel::Name&>(*assign.target).name);
      break;
    }
    case sentinel::NodeKind::If:
      collect(static_cast<const sentinel::If&>(*statement).then_body, out);
      collect(static_cast<const sentinel::If&>(*statement).else_body, out);
      break;
    case sentinel::NodeKind::For:
      collect(static_cast<const sentinel::For&>(*statement).body, out);
      break;
    case sentinel::NodeKind::Case:
      for (const sentinel::CaseClause& clause :
           static_cast<const sentinel::Case&>(*statement).clauses)
        collect(clause.body, out);
      break;
    default:
      break;
    }
  }
}

}  // namespace

void explain_missing_rules(CaseReport& item, const base::Path& policy) {
  if (item.error || std::none_of(item.mismatches.begin(), item.mismatches.end(),
                                 [](const Mismatch& one) { return one.actual == kNotEvaluated; }))
    return;
  auto text = base::read_file(policy);
  if (!text) return;
  const sentinel::ParseResult parsed =
      sentinel::parse(std::make_shared<const base::Source>(item.policy, std::move(*text)));
  if (!parsed.tree) return;
  std::vector<std::string_view> rules;
  collect(parsed.tree->statements, rules);
  for (Mismatch& mismatch : item.mismatches) {
    if (mismatch.actual != kNotEvaluated) continue;
    if (std::find(rules.begin(), rules.end(), mismatch.subject) != rules.end()) {
      mismatch.actual += ": nothing that `main` needs asks for it";
      continue;
    }
    mismatch.actual = "missing: the policy has no rule `" + mismatch.subject + "`";
    if (const std::string_view near = base::nearest_name(mismatch.subject, rules); !near.empty())
      mismatch.actual += "; did you mean `" + std::string(near) + "`?";
  }
}

}  // namespace harness
