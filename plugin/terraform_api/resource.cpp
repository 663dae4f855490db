#include "plugin/terraform_api/resource.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <simdjson.h>

#include "plugin/base/system.h"

namespace terraform_api {
namespace {

using Array = simdjson::dom::array;
/// A member that is absent, null or of another kind is no object.
using Object = std::optional<simdjson::dom::object>;

base::Diagnostic not_understood(std::string why) {
  return {.what = "an answer of the API cannot be understood", .why = std::move(why)};
}

std::string what_it_is(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "it is empty";
  if (text[first] == '<') {
    return "it is an HTML page (of a proxy, a login or a maintenance?), not JSON";
  }
  return "it is not JSON";
}

/// The value of `key`, where it is a `T`.
template <class T>
std::optional<T> get(const Object& object, std::string_view key) {
  T out{};
  if (!object || object->at_key(key).get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

Object member(const Object& object, std::string_view key) {
  return get<simdjson::dom::object>(object, key);
}

std::string text_of(const Object& object, std::string_view key) {
  return std::string(get<std::string_view>(object, key).value_or(""));
}

// `relationships.KEY.data.id` of a relation to one object.
std::string related(const Object& data, std::string_view key) {
  return text_of(member(member(member(data, "relationships"), key), "data"), "id");
}

std::vector<Object> objects_of(const Object& parent, std::string_view key) {
  std::vector<Object> out;
  const auto array = get<Array>(parent, key);
  if (!array) return out;
  for (const simdjson::dom::element value : *array) {
    simdjson::dom::object object;
    if (value.get(object) == simdjson::SUCCESS) out.emplace_back(object);
  }
  return out;
}

// By kind and id, never by position.
Object included(const Object& root, std::string_view type, std::string_view id) {
  if (id.empty()) return {};
  for (const Object& object : objects_of(root, "included")) {
    if (text_of(object, "type") == type && text_of(object, "id") == id) return object;
  }
  return {};
}

Plan to_plan(const Object& data) {
  const Object attributes = member(data, "attributes");
  Plan out{.id = text_of(data, "id"),
           .status = text_of(attributes, "status"),
           .is_exportable = get<bool>(member(attributes, "actions"), "is-exportable"),
           .can_export = get<bool>(member(attributes, "permissions"), "can-export")};
  const Object exports = member(member(data, "relationships"), "exports");
  for (const Object& object : objects_of(exports, "data")) {
    if (std::string id = text_of(object, "id"); !id.empty()) out.exports.push_back(std::move(id));
  }
  return out;
}

Run to_run(const Object& root, const Object& data) {
  const Object attributes = member(data, "attributes");
  Run out{.id = text_of(data, "id"),
          .status = text_of(attributes, "status"),
          .created_at = text_of(attributes, "created-at"),
          .workspace = related(data, "workspace"),
          .plan_only = get<bool>(attributes, "plan-only").value_or(false),
          .plan_id = related(data, "plan")};
  if (const Object plan = included(root, "plans", out.plan_id)) out.plan = to_plan(plan);
  if (const Object workspace = included(root, "workspaces", out.workspace)) {
    const std::string organization = related(workspace, "organization");
    const std::string name = text_of(member(workspace, "attributes"), "name");
    if (!organization.empty() && !name.empty()) out.workspace_name = organization + "/" + name;
  }
  return out;
}

Workspace to_workspace(const Object& root, const Object& data) {
  const Object attributes = member(data, "attributes");
  Workspace out{.id = text_of(data, "id"),
                .name = text_of(attributes, "name"),
                .execution_mode = text_of(attributes, "execution-mode"),
                .current_run = related(data, "current-run")};
  if (const Object run = included(root, "runs", out.current_run)) out.run = to_run(root, run);
  return out;
}

PlanExport to_plan_export(const Object& data) {
  const Object attributes = member(data, "attributes");
  const Object times = member(attributes, "status-timestamps");
  PlanExport out{.id = text_of(data, "id"),
                 .data_type = text_of(attributes, "data-type"),
                 .status_text = text_of(attributes, "status"),
                 .error_message = text_of(attributes, "error-message"),
                 .plan = related(data, "plan"),
                 .finished_at = base::from_rfc3339(text_of(times, "finished-at")),
                 .expires_at = base::from_rfc3339(text_of(times, "expired-at"))};
  constexpr std::pair<std::string_view, ExportStatus> kStates[] = {
      {"pending", ExportStatus::Pending},   {"queued", ExportStatus::Queued},
      {"finished", ExportStatus::Finished}, {"expired", ExportStatus::Expired},
      {"errored", ExportStatus::Errored},   {"canceled", ExportStatus::Canceled},
  };
  for (const auto& [name, status] : kStates) {
    if (out.status_text == name) out.status = status;
  }
  return out;
}

/// What it gives lives as long as `parser`.
base::Result<Object> parse_root(std::string_view text, simdjson::dom::parser& parser) {
  simdjson::dom::element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS)
    return not_understood(what_it_is(text));
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return not_understood("it is JSON, but not an object");
  return Object(object);
}

// The document's `data`, which must be one object of `type` with an id.
template <class T, class Make>
base::Result<T> parse_one(std::string_view text, std::string_view type, Make make) {
  simdjson::dom::parser parser;
  auto root = parse_root(text, parser);
  if (!root) return std::move(root.error());
  const Object data = member(*root, "data");
  if (!data) return not_understood("it is JSON without a `data` object");
  if (text_of(data, "type") != type) {
    return not_understood("it is of another type than `" + std::string(type) + "`");
  }
  if (text_of(data, "id").empty()) return not_understood("its `data` has no id");
  return make(*root, data);
}

template <class T, class Make>
base::Result<Page<T>> parse_page(std::string_view text, std::string_view type, Make make) {
  simdjson::dom::parser parser;
  auto root = parse_root(text, parser);
  if (!root) return std::move(root.error());
  if (!get<Array>(*root, "data")) return not_understood("it is JSON without a `data` list");
  Page<T> out;
  for (const Object& object : objects_of(*root, "data")) {
    if (text_of(object, "type") != type || text_of(object, "id").empty()) continue;
    out.items.push_back(make(*root, object));
  }
  const Object pagination = member(member(*root, "meta"), "pagination");
  const auto next = get<std::int64_t>(pagination, "next-page").value_or(0);
  if (next > 0 && next <= std::numeric_limits<int>::max()) out.next = static_cast<int>(next);
  return out;
}

void clean(std::string& text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  constexpr std::size_t kMost = 500;
  if (text.size() <= kMost) return;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
    --end;  // not inside a character
  text.resize(end);
  text += "…";
}

}  // namespace

base::Result<PlanExport> parse_plan_export(std::string_view text) {
  return parse_one<PlanExport>(
      text, "plan-exports", [](const Object&, const Object& data) { return to_plan_export(data); });
}

base::Result<Plan> parse_plan(std::string_view text) {
  return parse_one<Plan>(text, "plans",
                         [](const Object&, const Object& data) { return to_plan(data); });
}

base::Result<Run> parse_run(std::string_view text) {
  return parse_one<Run>(text, "runs", to_run);
}

base::Result<Workspace> parse_workspace(std::string_view text) {
  return parse_one<Workspace>(text, "workspaces", to_workspace);
}

base::Result<Page<Run>> parse_runs(std::string_view text) {
  return parse_page<Run>(text, "runs", to_run);
}

base::Result<Page<Workspace>> parse_workspaces(std::string_view text) {
  return parse_page<Workspace>(text, "workspaces", to_workspace);
}

base::Result<std::string> parse_user(std::string_view text) {
  return parse_one<std::string>(text, "users", [](const Object&, const Object& data) {
    return text_of(member(data, "attributes"), "username");
  });
}

base::Result<std::string> parse_discovery(std::string_view text) {
  simdjson::dom::parser parser;
  auto root = parse_root(text, parser);
  if (!root) return std::move(root.error());
  return text_of(*root, "tfe.v2");
}

std::string parse_errors(std::string_view text) {
  simdjson::dom::parser parser;
  const auto root = parse_root(text, parser);
  if (!root) return {};
  std::string out;
  const auto add = [&](std::string_view part) {
    if (!part.empty()) out.append(out.empty() ? "" : "; ").append(part);
  };
  const auto errors = get<Array>(*root, "errors");
  if (!errors) return {};
  for (const simdjson::dom::element value : *errors) {
    std::string_view plain;
    simdjson::dom::object error;
    if (value.get(plain) == simdjson::SUCCESS) {
      add(plain);
    } else if (value.get(error) == simdjson::SUCCESS) {
      const std::string title = text_of(error, "title"), detail = text_of(error, "detail");
      add(title.empty() || detail.empty() || title == detail ? title.empty() ? detail : title
                                                             : title + ": " + detail);
    }
  }
  clean(out);
  return out;
}

std::string create_export_body(std::string_view plan) {
  // The id's characters were checked; nothing in it needs escaping.
  return R"({"data":{"type":"plan-exports","attributes":{"data-type":"sentinel-mock-bundle-v0"},)"
         R"("relationships":{"plan":{"data":{"type":"plans","id":")" +
         std::string(plan) + R"("}}}}})";
}

}  // namespace terraform_api
