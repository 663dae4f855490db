#include "plugin/sentinel/suite/loader.h"

#include <algorithm>
#include <utility>

#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/data/json.h"
#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/terraform/plan.h"

namespace sentinel {
namespace {

/// Larger than the mock of a plan of 300 MB; what is larger is more likely a mistake.
constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 30U;

/// A tree needs up to forty times the memory of its text. Mocks that are code are data for the most
/// part, which needs less.
constexpr std::uint64_t kLargestCode = std::uint64_t{16} << 20U;
constexpr std::uint64_t kLargestMockCode = std::uint64_t{128} << 20U;

void read_code(LoadedFile& out, base::SourcePtr source) {
  ParseResult parsed = parse(std::move(source));
  if (parsed.tree == nullptr) {
    out.errors = std::move(parsed.errors);
    return;
  }
  ResolveResult resolved = resolve(std::move(parsed.tree));
  out.program = std::move(resolved.program);
  if (out.program == nullptr) out.errors = std::move(resolved.errors);
}

enum class Part { Plan, Configuration, State };

void read_plan_import(LoadedFile& out, const base::SourcePtr& source, Part part) {
  const std::string name = source->name();
  auto plan = read_plan(source);
  if (!plan) {
    out.errors.push_back(std::move(plan.error()));
    return;
  }
  if (part == Part::Configuration) {
    read_code(out, std::make_shared<const base::Source>(name + " (tfconfig/v2)",
                                                        configuration_mock(*plan)));
    return;
  }
  // Frozen, so nothing writes to it.
  out.data.value =
      Value::map(const_cast<Map*>(part == Part::Plan ? plan->plan : plan->state));  // NOLINT
  out.data.owner = std::move(plan->owner);
  out.is_data = true;
}

}  // namespace

Loader::Loader(FileNamer namer, std::uint64_t most_kept)
    : namer_(std::move(namer)), most_kept_(most_kept) {}

LoadedFilePtr Loader::load(const base::Path& path, Form form) {
  std::string key = path.native();
  key += '\0';
  key += static_cast<char>(form);
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Entry>& slot = entries_[std::move(key)];
    if (slot == nullptr) slot = std::make_shared<Entry>();
    slot->used = ++uses_;
    entry = slot;
  }
  const std::lock_guard reading(entry->reading);
  if (entry->file == nullptr) {
    LoadedFilePtr file = read(path, form);
    const std::lock_guard lock(mutex_);
    entry->file = std::move(file);
    kept_ += entry->file->size;
    if (kept_ > most_kept_) forget_oldest();
  }
  return entry->file;
}

LoadedFilePtr Loader::plan(const base::Path& path, std::string_view import) {
  return load(path, import == "tfplan/v2"     ? Form::Plan
                    : import == "tfconfig/v2" ? Form::PlanConfiguration
                                              : Form::PlanState);
}

void Loader::forget_small(const base::Path& path) {
  constexpr std::uint64_t kSmall = std::uint64_t{1} << 20U;
  std::vector<std::shared_ptr<Entry>> dropped;  // after the lock is gone
  const std::lock_guard lock(mutex_);
  for (const char next :
       {'\0', '/'}) {  // what follows the path in a key: of itself, of what it holds
    const std::string prefix = path.native() + next;
    for (auto at = entries_.lower_bound(prefix);
         at != entries_.end() && at->first.starts_with(prefix);) {
      if (at->second->file == nullptr || at->second->file->size > kSmall) {
        ++at;
        continue;
      }
      kept_ -= at->second->file->size;
      dropped.push_back(std::move(at->second));
      at = entries_.erase(at);
    }
  }
}

void Loader::forget_oldest() {
  // Down to half, so that this is rare. Whoever uses a file keeps it alive.
  std::vector<std::pair<std::uint64_t, std::string>> by_use;
  for (const auto& [key, entry] : entries_) {
    if (entry->file != nullptr && entry->used != uses_) by_use.emplace_back(entry->used, key);
  }
  std::sort(by_use.begin(), by_use.end());
  for (const auto& [used, key] : by_use) {
    if (kept_ <= most_kept_ / 2) return;
    const auto found = entries_.find(key);
    kept_ -= found->second->file->size;
    entries_.erase(found);
  }
}

LoadedFilePtr Loader::read(const base::Path& path, Form form) const {
  auto out = std::make_shared<LoadedFile>();
  auto text = base::read_file(path, form == Form::Code ? kLargestCode : kLargestFile);
  if (!text) {
    out->errors.push_back(std::move(text.error()));
    return out;
  }
  out->size = text->size();
  auto source = std::make_shared<const base::Source>(namer_(path), std::move(*text));
  switch (form) {
  case Form::Mock:
    if (std::optional<FrozenDataPtr> data = read_data(source)) {
      out->data.value = Value::map((*data)->root);
      out->data.owner = std::move(*data);
      out->is_data = true;
      break;
    }
    if (out->size > kLargestMockCode) {
      base::Diagnostic problem;
      problem.what = "cannot read `" + path.string() + "`";
      problem.why = "it is not only data, or too much of it, and has " + std::to_string(out->size) +
                    " bytes, more than the " + std::to_string(kLargestMockCode) +
                    " that code may have";
      out->errors.push_back(std::move(problem));
      break;
    }
    [[fallthrough]];
  case Form::Code:
    read_code(*out, std::move(source));
    break;
  case Form::Plan:
  case Form::PlanConfiguration:
  case Form::PlanState:
    read_plan_import(*out, source,
                     form == Form::Plan                ? Part::Plan
                     : form == Form::PlanConfiguration ? Part::Configuration
                                                       : Part::State);
    break;
  case Form::Json: {
    auto document = read_frozen_json(std::move(source));
    if (!document) {
      out->errors.push_back(std::move(document.error()));
      break;
    }
    out->data.value = document->value;
    out->data.owner = std::move(document->data);
    out->is_data = true;
    break;
  }
  }
  return out;
}

}  // namespace sentinel
