// `terraform show -json PLAN` → the imports tfplan/v2, tfconfig/v2 and tfstate/v2, and the mock
// files that HCP Terraform would make of the same plan. Sections: HCP Terraform documentation,
// "tfplan/v2", "tfconfig/v2", "tfstate/v2"; Terraform documentation, "JSON output format". What the
// documentation leaves open was observed in generated mocks, whose `raw` is the plan they were made
// from.
#pragma once

#include <memory>
#include <string>

#include "plugin/base/result.h"
#include "plugin/base/source.h"
#include "plugin/sentinel/data/mock_writer.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {

/// The members of the three imports. Everything is frozen, every map sorted by its keys. Sensitive
/// values are the string `REDACTED_SENSITIVE`, where and as HCP Terraform redacts them: not in
/// `resource_drift`, nor anywhere in the configuration.
struct PlanImports {
  const Map* plan = nullptr;           // tfplan/v2
  const Map* configuration = nullptr;  // tfconfig/v2, without its function: see kStripIndex
  const Map* state = nullptr;          // tfstate/v2
  struct Owner;
  std::shared_ptr<Owner> owner;  // of all of them
};

/// The import and the function that stand in every tfconfig/v2 mock, as Sentinel text.
extern const char* const kConfigurationImports;
extern const char* const kStripIndex;

/// Accepts format versions 0.x and 1.x. Errors are of the JSON (with a position), of the version,
/// and of a document that is no plan.
base::Result<PlanImports> read_plan(const base::SourcePtr& json);

/// The mock files of the three imports, byte for byte as HCP Terraform lays them out.
std::string plan_mock(const PlanImports& imports);
std::string configuration_mock(const PlanImports& imports);
std::string state_mock(const PlanImports& imports);

/// The same mocks of a plan that may be large, in pieces. Besides, what the plan marks sensitive is
/// hidden wherever else the same text stands: in the configuration, in drift, inside other texts.
/// HCP Terraform does not. An import is made when it is written, and gone afterwards: of 200 MB of
/// JSON, 600 are needed.
class PlanMocks {
 public:
  /// `name`: of the text, for messages. Errors as those of read_plan().
  static base::Result<PlanMocks> read(std::string_view name, std::string json);
  PlanMocks(PlanMocks&&) noexcept;
  PlanMocks& operator=(PlanMocks&&) noexcept;
  ~PlanMocks();

  void plan(const TextSink& sink) const;
  void configuration(const TextSink& sink) const;
  void state(const TextSink& sink) const;

 private:
  struct Held;
  explicit PlanMocks(std::unique_ptr<const Held> held);
  std::unique_ptr<const Held> held_;
};

}  // namespace sentinel
