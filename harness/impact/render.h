// An ImpactReport as a table, as JSON, as Markdown. Pure functions.
#pragma once

#include <string>

#include "harness/impact/impact.h"

namespace harness {

std::string impact_text(const ImpactReport& report);
/// `harness/impact/1`
std::string impact_json(const ImpactReport& report);
std::string impact_markdown(const ImpactReport& report);

/// The address of a run's page.
std::string run_page(const ImpactReport& report, const FoundRun& run);

}  // namespace harness
