// All reading of JSON is here: Poco's tree is untyped and throws, what leaves this file is neither.
#include "plugin/terraform_api/resource.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <utility>

#include <Poco/Dynamic/Var.h>
#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include "plugin/base/system.h"

namespace terraform_api {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

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

// Nothing here throws but Poco's own parser.
Object::Ptr member(const Object::Ptr& object, const std::string& key) {
  return object ? object->getObject(key) : Object::Ptr();
}

std::string text_of(const Object::Ptr& object, const std::string& key) {
  if (!object) return {};
  const Var value = object->get(key);
  return value.isString() ? value.extract<std::string>() : std::string();
}

std::optional<bool> bool_of(const Object::Ptr& object, const std::string& key) {
  if (!object) return std::nullopt;
  const Var value = object->get(key);
  if (!value.isBoolean()) return std::nullopt;
  return value.convert<bool>();
}

// `relationships.KEY.data.id` of a relation to one object.
std::string related(const Object::Ptr& data, const std::string& key) {
  return text_of(member(member(member(data, "relationships"), key), "data"), "id");
}

std::vector<Object::Ptr> objects_of(const Array::Ptr& array) {
  std::vector<Object::Ptr> out;
  if (!array) return out;
  for (const Var& value : *array) {
    if (value.type() == typeid(Object::Ptr)) out.push_back(value.extract<Object::Ptr>());
  }
  return out;
}

// By kind and id, never by position.
Object::Ptr included(const Object::Ptr& root, std::string_view type, std::string_view id) {
  if (id.empty()) return {};
  for (const Object::Ptr& object : objects_of(root->getArray("included"))) {
    if (text_of(object, "type") == type && text_of(object, "id") == id) return object;
  }
  return {};
}

Plan to_plan(const Object::Ptr& data) {
  const Object::Ptr attributes = member(data, "attributes");
  Plan out{.id = text_of(data, "id"),
           .status = text_of(attributes, "status"),
           .is_exportable = bool_of(member(attributes, "actions"), "is-exportable"),
           .can_export = bool_of(member(attributes, "permissions"), "can-export")};
  const Object::Ptr exports = member(member(data, "relationships"), "exports");
  if (exports) {
    for (const Object::Ptr& object : objects_of(exports->getArray("data"))) {
      if (std::string id = text_of(object, "id"); !id.empty()) out.exports.push_back(std::move(id));
    }
  }
  return out;
}

Run to_run(const Object::Ptr& root, const Object::Ptr& data) {
  const Object::Ptr attributes = member(data, "attributes");
  Run out{.id = text_of(data, "id"),
          .status = text_of(attributes, "status"),
          .created_at = text_of(attributes, "created-at"),
          .workspace = related(data, "workspace"),
          .plan_only = bool_of(attributes, "plan-only").value_or(false),
          .plan_id = related(data, "plan")};
  if (const Object::Ptr plan = included(root, "plans", out.plan_id)) out.plan = to_plan(plan);
  if (const Object::Ptr workspace = included(root, "workspaces", out.workspace)) {
    const std::string organization = related(workspace, "organization");
    const std::string name = text_of(member(workspace, "attributes"), "name");
    if (!organization.empty() && !name.empty()) out.workspace_name = organization + "/" + name;
  }
  return out;
}

Workspace to_workspace(const Object::Ptr& root, const Object::Ptr& data) {
  const Object::Ptr attributes = member(data, "attributes");
  Workspace out{.id = text_of(data, "id"),
                .name = text_of(attributes, "name"),
                .execution_mode = text_of(attributes, "execution-mode"),
                .current_run = related(data, "current-run")};
  if (const Object::Ptr run = included(root, "runs", out.current_run)) out.run = to_run(root, run);
  return out;
}

PlanExport to_plan_export(const Object::Ptr& data) {
  const Object::Ptr attributes = member(data, "attributes");
  const Object::Ptr times = member(attributes, "status-timestamps");
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

base::Result<Object::Ptr> parse_root(std::string_view text) {
  try {
    const Var root = Poco::JSON::Parser().parse(std::string(text));
    if (root.type() == typeid(Object::Ptr)) return root.extract<Object::Ptr>();
    return not_understood("it is JSON, but not an object");
  } catch (const Poco::Exception&) {
    return not_understood(what_it_is(text));
  } catch (const std::exception&) {
    return not_understood(what_it_is(text));
  }
}

// The document's `data`, which must be one object of `type` with an id.
template <class T, class Make>
base::Result<T> parse_one(std::string_view text, std::string_view type, Make make) {
  auto root = parse_root(text);
  if (!root) return std::move(root.error());
  const Object::Ptr data = (*root)->getObject("data");
  if (!data) return not_understood("it is JSON without a `data` object");
  if (text_of(data, "type") != type) {
    return not_understood("it is of another type than `" + std::string(type) + "`");
  }
  if (text_of(data, "id").empty()) return not_understood("its `data` has no id");
  return make(*root, data);
}

template <class T, class Make>
base::Result<Page<T>> parse_page(std::string_view text, std::string_view type, Make make) {
  auto root = parse_root(text);
  if (!root) return std::move(root.error());
  const Array::Ptr data = (*root)->getArray("data");
  if (!data) return not_understood("it is JSON without a `data` list");
  Page<T> out;
  for (const Object::Ptr& object : objects_of(data)) {
    if (text_of(object, "type") != type || text_of(object, "id").empty()) continue;
    out.items.push_back(make(*root, object));
  }
  const Object::Ptr pagination = member(member(*root, "meta"), "pagination");
  if (pagination) {
    const Var next = pagination->get("next-page");
    try {
      if (next.isInteger()) out.next = std::max(0, next.convert<int>());
    } catch (const Poco::Exception&) {  // a number that no list has pages for
      out.next = 0;
    }
  }
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
      text, "plan-exports",
      [](const Object::Ptr&, const Object::Ptr& data) { return to_plan_export(data); });
}

base::Result<Plan> parse_plan(std::string_view text) {
  return parse_one<Plan>(text, "plans",
                         [](const Object::Ptr&, const Object::Ptr& data) { return to_plan(data); });
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
  return parse_one<std::string>(text, "users", [](const Object::Ptr&, const Object::Ptr& data) {
    return text_of(member(data, "attributes"), "username");
  });
}

base::Result<std::string> parse_discovery(std::string_view text) {
  auto root = parse_root(text);
  if (!root) return std::move(root.error());
  return text_of(*root, "tfe.v2");
}

std::string parse_errors(std::string_view text) {
  auto root = parse_root(text);
  if (!root) return {};
  std::string out;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) out += (out.empty() ? "" : "; ") + part;
  };
  const Array::Ptr errors = (*root)->getArray("errors");
  if (errors) {
    for (const Var& value : *errors) {
      if (value.isString()) {
        add(value.extract<std::string>());
      } else if (value.type() == typeid(Object::Ptr)) {
        const auto& error = value.extract<Object::Ptr>();
        const std::string title = text_of(error, "title"), detail = text_of(error, "detail");
        add(title.empty() || detail.empty() || title == detail ? title.empty() ? detail : title
                                                               : title + ": " + detail);
      }
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
