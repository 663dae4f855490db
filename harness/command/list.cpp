// `harness list`: the mocks and cases that `run` would use.
#include <algorithm>
#include <set>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/manifest_argument.h"
#include "harness/command/selection.h"
#include "harness/report/clean.h"
#include "harness/report/json_writer.h"
#include "harness/run/judge.h"

namespace harness {
namespace {

std::vector<const Mock*> used_mocks(const Manifest& manifest,
                                    const std::vector<std::size_t>& cases) {
  std::set<std::string_view> names;
  for (const std::size_t index : cases) {
    for (const std::string& name : manifest.cases[index].mocks)
      names.insert(name);
  }
  std::vector<const Mock*> out;
  for (const Mock& mock : manifest.mocks) {
    if (names.contains(mock.name)) out.push_back(&mock);
  }
  return out;
}

std::string as_json(const Manifest& manifest, const std::vector<std::size_t>& cases) {
  JsonWriter out;
  out.begin_object().member("schema", "harness/list/1").member("manifest", manifest.display);
  out.key("mocks").begin_list();
  for (const Mock* mock : used_mocks(manifest, cases)) {
    out.begin_object().member("name", mock->name).member("kind", mock->kind_name());
    if (const auto* extends = std::get_if<ExtendsMock>(&mock->kind))
      out.member("extends", extends->base);
    out.key("recorded").boolean(mock->recorded());
    out.end_object();
  }
  out.end_list();
  out.key("cases").begin_list();
  for (const std::size_t index : cases) {
    const Case& one = manifest.cases[index];
    out.begin_object().member("policy", one.policy.written).member("name", one.name);
    out.member("full_name", one.full_name);
    out.key("where").begin_object().member("file", one.where.file);
    out.key("line").number(one.where.line).end_object();
    out.key("native").boolean(one.native.has_value());
    if (!one.native) out.member("expect", in_words(one.expect));
    for (const auto& [name, values] :
         {std::pair{"tags", &one.tags}, std::pair{"mocks", &one.mocks}}) {
      out.key(name).begin_list();
      for (const std::string& value : *values)
        out.text(value);
      out.end_list();
    }
    if (one.skip) out.member("skip", *one.skip);
    out.end_object();
  }
  out.end_list().end_object();
  return out.take();
}

std::string as_text(const Manifest& manifest, const std::vector<std::size_t>& cases) {
  std::string out;
  std::size_t width = 0;
  const std::vector<const Mock*> mocks = used_mocks(manifest, cases);
  for (const Mock* mock : mocks)
    width = std::max(width, mock->name.size());
  if (!mocks.empty()) out += "mocks\n";
  for (const Mock* mock : mocks) {
    out += "  " + mock->name + std::string(width - mock->name.size() + 2, ' ') +
           std::string(mock->kind_name());
    if (const auto* extends = std::get_if<ExtendsMock>(&mock->kind)) out += " " + extends->base;
    out += "\n";
  }
  if (!mocks.empty()) out += "cases\n";
  for (const std::size_t index : cases) {
    const Case& one = manifest.cases[index];
    out += "  " + clean_line(one.full_name);
    if (one.skip) out += "  (skipped: " + clean_line(*one.skip, 200) + ")";
    out += "\n";
  }
  return out;
}

}  // namespace

int list_command(const Arguments& arguments, Context& context) {
  const auto manifest = manifest_of(arguments, context);
  if (!manifest) return kExitUsage;
  const auto chosen = choose(*manifest, arguments, context);
  if (!chosen) {
    show_problem(chosen.error());
    return kExitUsage;
  }
  if (chosen->cases.empty() && chosen->empty_is_fine.empty()) {
    show_problem({.what = "no case was selected"});
    return kExitNothingSelected;
  }
  const bool good = write_out(arguments.has("json") ? as_json(*manifest, chosen->cases)
                                                    : as_text(*manifest, chosen->cases));
  return good ? kExitPassed : kExitRuntime;
}

}  // namespace harness
