// Taking secrets out of a bundle, and looking for what still looks like one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace mock_bundle {

/// What stands in the place of a secret, whatever its type was: HCP Terraform's own marker.
inline constexpr std::string_view kRedacted = "REDACTED_SENSITIVE";

struct RedactOptions {
  std::vector<std::string> attributes;  // names, wherever they stand
  std::vector<std::string> patterns;    // RE2; what matches inside a text is replaced
};

/// What a bundle's plan, tfplan/v2's `raw`, marks as sensitive; nothing where it has none. And
/// which of `attributes` stand in it. To be read before anything of the bundle is dropped.
struct PlanMarks;
using PlanMarksPtr = std::shared_ptr<const PlanMarks>;
base::Result<PlanMarksPtr> read_marks(const base::Path& folder, const std::string& shown,
                                      const std::vector<std::string>& attributes = {});

/// Redacts, in every file of Sentinel code in `folder`: what `marks` say, in every import where the
/// same text stands; the named attributes; what the patterns match. Null and undefined stay. A
/// pattern that does not compile is an error, and so is a file that stands for an import and does
/// not parse. Gives the named attributes that stand nowhere, nor in the plan of `marks`.
base::Result<std::vector<std::string>> redact(const base::Path& folder, const std::string& shown,
                                              const RedactOptions& options, const PlanMarks& marks);
/// The same with the marks of the bundle's own plan.
base::Result<std::vector<std::string>> redact(const base::Path& folder, const std::string& shown,
                                              const RedactOptions& options);

/// Something that still looks like a secret.
struct Finding {
  std::string file;  // of the bundle
  std::string path;  // `resource_changes["aws_instance.web"].change.after.user_data`; or empty
  /// As `allow-secrets` takes it, the same in every import: ADDRESS.ATTRIBUTE as in
  /// "aws_instance.web.user_data", "var.NAME", "output.NAME", "module.NAME.INPUT",
  /// "provider.NAME.ATTRIBUTE"; of a file that is no Sentinel code its name.
  std::string name;
  std::string kind;  // "an AWS access key"

  bool operator==(const Finding&) const = default;
};

/// Cloud keys, tokens, private keys, and texts of high entropy in attributes whose name says
/// secret. The value itself is in no finding.
base::Result<std::vector<Finding>> find_secrets(const base::Path& folder, const std::string& shown);

}  // namespace mock_bundle
