#include "plugin/sentinel/terraform/plan.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "plugin/sentinel/data/json.h"
#include "plugin/sentinel/data/mock_writer.h"
#include "plugin/sentinel/terraform/sanitize.h"
#include "plugin/sentinel/terraform/sensitive.h"

namespace sentinel {

const char* const kConfigurationImports = "import \"strings\"\n";
const char* const kStripIndex =
    "strip_index = func(addr) {\n"
    "\ts = strings.split(addr, \".\")\n"
    "\tfor s as i, v {\n"
    "\t\ts[i] = strings.split(v, \"[\")[0]\n"
    "\t}\n"
    "\n"
    "\treturn strings.join(s, \".\")\n"
    "}\n";

struct PlanImports::Owner {
  Arena arena;
  FrozenDataPtr json;
};

namespace {

const Value* get(const Value& map, std::string_view key) {
  return map.is(Kind::Map) ? map.as_map()->find(key) : nullptr;
}

std::string_view text(const Value& map, std::string_view key) {
  const Value* found = get(map, key);
  return found && found->is(Kind::String) ? found->as_string() : std::string_view();
}

class Builder {
 public:
  /// `sorting`: whether policies will walk over the maps. The writer sorts by itself.
  explicit Builder(Arena& arena, bool sorting = true) : arena_(arena), sorting_(sorting) {}

  const Map* plan(const Value& raw) {
    Map* variables = make_map(arena_);
    each(raw, "variables", [&](const Value& name, const Value& variable) {
      set(*variables, name, object({{"name", name}, {"value", or_undefined(variable, "value")}}));
    });
    Map* changes = make_map(arena_);
    each(raw, "output_changes", [&](const Value& name, const Value& change_of) {
      set(*changes, name, object({{"change", change(&change_of)}, {"name", name}}));
    });
    const Value* values = get(raw, "planned_values");
    // In the order of the generated files; a policy that walks the import sees it too.
    Map* out = make_map(arena_, 7);
    set(*out, "terraform_version", or_undefined(raw, "terraform_version"));
    set(*out, "planned_values",
        object({{"outputs", outputs(values, get(raw, "output_changes"))},
                {"resources", resources(values)}}));
    set(*out, "variables", finished(variables));
    set(*out, "resource_changes", resource_changes(raw, "resource_changes"));
    set(*out, "resource_drift", resource_changes(raw, "resource_drift"));
    set(*out, "output_changes", finished(changes));
    set(*out, "raw", sorted(raw));
    out->frozen = true;
    return out;
  }

  const Map* state(const Value& raw) {
    const Value* prior = get(raw, "prior_state");
    const Value* values = prior ? get(*prior, "values") : nullptr;
    Map* out = make_map(arena_, 3);
    set(*out, "terraform_version", prior ? or_undefined(*prior, "terraform_version") : Value());
    set(*out, "outputs", outputs(values, nullptr));
    set(*out, "resources", resources(values));
    out->frozen = true;
    return out;
  }

  const Map* configuration(const Value& raw) {
    for (Map** map : {&providers_, &resources_, &provisioners_, &variables_, &outputs_, &calls_})
      *map = make_map(arena_);
    if (const Value* configuration = get(raw, "configuration")) {
      each(*configuration, "provider_config",
           [&](const Value& key, const Value& of) { provider(key, of); });
      if (const Value* root = get(*configuration, "root_module")) module(*root, "");
    }
    Map* out = make_map(arena_, 6);
    set(*out, "providers", finished(providers_));
    set(*out, "resources", finished(resources_));
    set(*out, "provisioners", finished(provisioners_));
    set(*out, "variables", finished(variables_));
    set(*out, "outputs", finished(outputs_));
    set(*out, "module_calls", finished(calls_));
    out->frozen = true;
    return out;
  }

 private:
  struct Named {
    std::string_view name;
    Value value;
  };

  void set(Map& map, const Value& key, const Value& value) { map.set(arena_, key, value); }
  void set(Map& map, std::string_view key, const Value& value) {
    map.set(arena_, Value::string(key), value);
  }

  /// `fields` stand in the order of their names.
  Value object(std::initializer_list<Named> fields) {
    Map* map = make_map(arena_, fields.size());
    map->sorted = true;
    for (const Named& field : fields)
      set(*map, field.name, sorted(field.value));
    map->frozen = true;
    return Value::map(map);
  }

  static Value list_value(List* list) {
    list->frozen = true;
    return Value::list(list);
  }

  Value empty_map() { return object({}); }
  Value empty_list() { return list_value(make_list(arena_)); }

  /// Sorts the entries of a map that is complete, and freezes it.
  Value finished(Map* map) {
    if (!map->sorted) {
      std::sort(map->entries, map->entries + map->size, [](const MapEntry& a, const MapEntry& b) {
        return a.key.as_string() < b.key.as_string();
      });
      map->sorted = true;
      map->index = nullptr;
    }
    map->frozen = true;
    return Value::map(map);
  }

  /// The same data with every map sorted, sharing what is sorted already. JSON's keys are strings.
  Value sorted(const Value& value) {
    if (!sorting_) return value;
    if (value.is(Kind::List)) {
      const List& from = *value.as_list();
      List* to = nullptr;
      for (std::uint32_t i = 0; i < from.size; ++i) {
        const Value item = sorted(from.items[i]);
        if (to == nullptr && !same(item, from.items[i])) to = copy(arena_, from);
        if (to != nullptr) to->items[i] = item;
      }
      return to == nullptr ? value : list_value(to);
    }
    if (!value.is(Kind::Map)) return value;
    const Map& from = *value.as_map();
    Map* to = from.sorted ? nullptr : copy(arena_, from);
    for (std::uint32_t i = 0; i < from.size; ++i) {
      const Value item = sorted(from.entries[i].value);
      if (to == nullptr && !same(item, from.entries[i].value)) to = copy(arena_, from);
      if (to != nullptr) to->entries[i].value = item;
    }
    return to == nullptr ? value : finished(to);
  }

  /// Whether `sorted` left a value alone.
  static bool same(const Value& a, const Value& b) {
    if (a.is(Kind::List)) return a.as_list() == b.as_list();
    if (a.is(Kind::Map)) return a.as_map() == b.as_map();
    return true;
  }

  static Value or_else(const Value& map, std::string_view key, const Value& fallback) {
    const Value* found = get(map, key);
    return found ? *found : fallback;
  }
  static Value or_undefined(const Value& map, std::string_view key) {
    return or_else(map, key, Value());
  }
  static Value or_text(const Value& map, std::string_view key) {
    return or_else(map, key, Value::string(""));
  }
  Value or_map(const Value& map, std::string_view key) { return or_else(map, key, empty_map()); }
  Value or_list(const Value& map, std::string_view key) { return or_else(map, key, empty_list()); }

  template <class Action>
  static void each(const Value& parent, std::string_view key, Action action) {
    const Value* found = get(parent, key);
    if (!found || !found->is(Kind::Map)) return;
    for (const MapEntry& entry : *found->as_map())
      action(entry.key, entry.value);
  }

  template <class Action>
  static void each_item(const Value& parent, std::string_view key, Action action) {
    const Value* found = get(parent, key);
    if (!found || !found->is(Kind::List)) return;
    for (const Value& item : *found->as_list())
      action(item);
  }

  std::string_view join(std::string_view a, std::string_view b, std::string_view c) {
    char* bytes = arena_.array<char>(a.size() + b.size() + c.size());
    char* to = std::copy(a.begin(), a.end(), bytes);
    to = std::copy(b.begin(), b.end(), to);
    to = std::copy(c.begin(), c.end(), to);
    return {bytes, static_cast<std::size_t>(to - bytes)};
  }

  // tfplan/v2 and tfstate/v2

  /// A wholly unknown value is undefined, even one that is sensitive too.
  static bool all_unknown(const Value& change) {
    const Value* unknown = get(change, "after_unknown");
    return unknown && unknown->is(Kind::Bool) && unknown->as_bool();
  }

  Value change(const Value* of) {
    const Value none = Value::null();
    const Value& from = of ? *of : none;
    // The value after a deletion is left out.
    return object({{"actions", or_list(from, "actions")},
                   {"after", all_unknown(from) ? Value() : or_else(from, "after", Value::null())},
                   {"after_unknown", or_map(from, "after_unknown")},
                   {"before", or_else(from, "before", Value::null())}});
  }

  Value resource_changes(const Value& raw, std::string_view name) {
    Map* out = make_map(arena_);
    each_item(raw, name, [&](const Value& item) {
      const std::string_view deposed = text(item, "deposed");
      std::string_view key = text(item, "address");
      if (!deposed.empty()) key = join(key, ":", deposed);
      set(*out, key,
          object({{"address", or_text(item, "address")},
                  {"change", change(get(item, "change"))},
                  {"deposed", or_text(item, "deposed")},
                  {"index", or_else(item, "index", Value::null())},
                  {"mode", or_text(item, "mode")},
                  {"module_address", or_text(item, "module_address")},
                  {"name", or_text(item, "name")},
                  {"provider_name", or_text(item, "provider_name")},
                  {"type", or_text(item, "type")}}));
    });
    return finished(out);
  }

  /// `changes`: of outputs, by name; null in a state.
  Value outputs(const Value* values, const Value* changes) {
    Map* out = make_map(arena_);
    if (values) {
      each(*values, "outputs", [&](const Value& name, const Value& output) {
        const Value* change = changes ? get(*changes, name.as_string()) : nullptr;
        const bool unknown = change && all_unknown(*change);
        set(*out, name,
            object({{"name", name},
                    {"sensitive", or_else(output, "sensitive", Value::boolean(false))},
                    {"value", unknown ? Value() : or_undefined(output, "value")}}));
      });
    }
    return finished(out);
  }

  Value resources(const Value* values) {
    Map* out = make_map(arena_);
    if (const Value* root = values ? get(*values, "root_module") : nullptr) {
      resources_of(*root, *out, 0);
    }
    return finished(out);
  }

  void resources_of(const Value& module, Map& out, std::size_t depth) {
    const std::string_view module_address = text(module, "address");
    each_item(module, "resources", [&](const Value& item) {
      const std::string_view address = stated_address(item, module_address);
      const std::string_view deposed = text(item, "deposed_key");
      // A deposed object shares its address with the current one.
      const std::string_view key = deposed.empty() ? address : join(address, ":", deposed);
      set(out, key,
          object({{"address", Value::string(address)},
                  {"depends_on", or_list(item, "depends_on")},
                  {"deposed_key", or_text(item, "deposed_key")},
                  {"index", or_else(item, "index", Value::null())},
                  {"mode", or_text(item, "mode")},
                  {"module_address", Value::string(module_address)},
                  {"name", or_text(item, "name")},
                  {"provider_name", or_text(item, "provider_name")},
                  {"tainted", or_else(item, "tainted", Value::boolean(false))},
                  {"type", or_text(item, "type")},
                  {"values", or_map(item, "values")}}));
    });
    if (depth > kMostNesting) return;
    each_item(module, "child_modules",
              [&](const Value& child) { resources_of(child, out, depth + 1); });
  }

  /// Observed: in values and state the address of a data source lacks its `data.`.
  std::string_view stated_address(const Value& resource, std::string_view module) {
    const std::string_view address = text(resource, "address");
    if (text(resource, "mode") != "data") return address;
    const std::size_t local = !module.empty() && address.starts_with(module) &&
                                      address.substr(module.size()).starts_with('.')
                                  ? module.size() + 1
                                  : 0;
    if (!address.substr(local).starts_with("data.")) return address;
    return join(address.substr(0, local), "", address.substr(local + 5));
  }

  // tfconfig/v2

  void provider(const Value& key, const Value& of) {
    // Old plans say `m:aws` and `m` for what is `module.m:aws` and `module.m` now.
    const std::string_view module = module_path(text(of, "module_address"));
    std::string_view name = key.as_string();
    if (!module.empty()) name = join(module, ":", last_part(name));
    set(*providers_, name,
        object({{"alias", or_text(of, "alias")},
                {"config", expressions(of)},
                {"full_name", or_text(of, "full_name")},
                {"module_address", Value::string(module)},
                {"name", or_text(of, "name")},
                {"provider_config_key", Value::string(name)},
                {"version_constraint", or_text(of, "version_constraint")}}));
  }

  static std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind(':') + 1);  // all of it where there is none
  }

  /// `a.b` → `module.a.module.b`.
  std::string_view module_path(std::string_view address) {
    if (address.empty() || address.starts_with("module.")) return address;
    std::string_view out;
    while (!address.empty()) {
      const std::size_t dot = address.find('.');
      out = child(out, address.substr(0, dot));
      address = dot == std::string_view::npos ? std::string_view() : address.substr(dot + 1);
    }
    return out;
  }

  std::string_view child(std::string_view module, std::string_view call) {
    return join(module, module.empty() ? "module." : ".module.", call);
  }

  void module(const Value& of, std::string_view address) {
    const Value module_address = Value::string(address);
    const auto key = [&](const Value& name) {
      return address.empty() ? name.as_string() : join(address, ":", name.as_string());
    };
    each(of, "variables", [&](const Value& name, const Value& variable) {
      set(*variables_, key(name),
          object({{"default", or_else(variable, "default", Value::null())},
                  {"description", or_text(variable, "description")},
                  {"module_address", module_address},
                  {"name", name}}));
    });
    each(of, "outputs", [&](const Value& name, const Value& output) {
      set(*outputs_, key(name),
          object({{"depends_on", or_list(output, "depends_on")},
                  {"description", or_text(output, "description")},
                  {"module_address", module_address},
                  {"name", name},
                  {"sensitive", or_else(output, "sensitive", Value::boolean(false))},
                  {"value", expression_of(output, "expression")}}));
    });
    each_item(of, "resources", [&](const Value& item) { resource(item, address); });
    each(of, "module_calls", [&](const Value& name, const Value& call) {
      set(*calls_, key(name),
          object({{"config", expressions(call)},
                  {"count", expression_of(call, "count_expression")},
                  {"depends_on", or_list(call, "depends_on")},
                  {"for_each", expression_of(call, "for_each_expression")},
                  {"module_address", module_address},
                  {"name", name},
                  {"source", or_text(call, "source")},
                  {"version_constraint", or_text(call, "version_constraint")}}));
      if (const Value* called = get(call, "module"))
        module(*called, child(address, name.as_string()));
    });
  }

  void resource(const Value& of, std::string_view module) {
    std::string_view address = text(of, "address");
    std::string_view provider_key = text(of, "provider_config_key");
    if (!module.empty()) {
      address = join(module, ".", address);
      provider_key = join(module, ":", last_part(provider_key));
    }
    List* provisioners = make_list(arena_);
    each_item(of, "provisioners", [&](const Value& item) {
      const std::string number = std::to_string(provisioners->size);
      const Value made = object({{"config", expressions(item)},
                                 {"index", Value::integer(provisioners->size)},
                                 {"resource_address", Value::string(address)},
                                 {"type", or_text(item, "type")}});
      set(*provisioners_, join(address, ":", number), made);
      provisioners->append(arena_, made);
    });
    set(*resources_, address,
        object({{"address", Value::string(address)},
                {"config", expressions(of)},
                {"count", expression_of(of, "count_expression")},
                {"depends_on", or_list(of, "depends_on")},
                {"for_each", expression_of(of, "for_each_expression")},
                {"mode", or_text(of, "mode")},
                {"module_address", Value::string(module)},
                {"name", or_text(of, "name")},
                {"provider_config_key", Value::string(provider_key)},
                {"provisioners", list_value(provisioners)},
                {"type", or_text(of, "type")}}));
  }

  Value expressions(const Value& of) {
    const Value* found = get(of, "expressions");
    return found ? block(*found) : empty_map();
  }

  Value expression_of(const Value& of, std::string_view name) {
    const Value* found = get(of, name);
    return found ? expression(*found) : empty_map();
  }

  Value block(const Value& of) {
    if (!of.is(Kind::Map)) return of;
    Map* out = make_map(arena_, of.as_map()->size);
    for (const MapEntry& entry : *of.as_map())
      set(*out, entry.key, expression(entry.value));
    return finished(out);
  }

  Value expression(const Value& of) {
    if (of.is(Kind::List)) {
      List* out = make_list(arena_, of.as_list()->size);
      for (const Value& nested : *of.as_list())
        out->append(arena_, block(nested));
      return list_value(out);
    }
    if (const Value* references = get(of, "references")) {
      return object({{"references", *references}});
    }
    return object({{"constant_value", or_else(of, "constant_value", Value::null())}});
  }

  Arena& arena_;
  bool sorting_;
  Map* providers_ = nullptr;
  Map* resources_ = nullptr;
  Map* provisioners_ = nullptr;
  Map* variables_ = nullptr;
  Map* outputs_ = nullptr;
  Map* calls_ = nullptr;
};

base::Diagnostic no_plan(std::string_view name, std::string why,
                         std::string advice = "make it with `terraform show -json PLANFILE`") {
  return {.what = "`" + std::string(name) + "` is no Terraform plan",
          .why = std::move(why),
          .advice = std::move(advice)};
}

/// What `terraform show -json` says where no plan file is named: an empty plan, if one were to
/// believe it, of which every policy holds.
bool is_state(const Value& document) {
  return get(document, "values") != nullptr && get(document, "planned_values") == nullptr &&
         get(document, "resource_changes") == nullptr && get(document, "configuration") == nullptr;
}

/// Why a list of resource changes is none; empty where it is.
std::string why_no_changes(const Value& document, std::string_view name) {
  const Value* found = get(document, name);
  if (found == nullptr || !found->is(Kind::List)) return {};
  const List& changes = *found->as_list();
  for (std::size_t i = 0; i < changes.size; ++i) {
    if (changes.items[i].is(Kind::Map)) continue;
    return "`" + std::string(name) + "[" + std::to_string(i) + "]` is no " +
           std::string(kind_name(Kind::Map));
  }
  return {};
}

/// What a plan's parts are in Terraform's JSON output format, where they are there and not null:
/// the generator's library refuses anything else, and a plan without its changes would pass
/// policies.
constexpr struct {
  std::string_view name;
  Kind kind;
} kParts[] = {
    {"terraform_version", Kind::String}, {"variables", Kind::Map},
    {"planned_values", Kind::Map},       {"resource_changes", Kind::List},
    {"resource_drift", Kind::List},      {"output_changes", Kind::Map},
    {"prior_state", Kind::Map},          {"configuration", Kind::Map},
};

/// A document that is a plan, as the generator's library re-encodes it.
base::Result<Value> raw_of(const base::Result<FrozenDocument>& document, std::string_view name,
                           Arena& arena) {
  if (!document) return base::Diagnostic(document.error());
  if (!document->value.is(Kind::Map)) return no_plan(name, "the document is no object");
  const std::string_view version = text(document->value, "format_version");
  if (version.empty()) return no_plan(name, "it has no `format_version`");
  if (!version.starts_with("0.") && !version.starts_with("1.")) {
    return no_plan(name, "its format version is " + std::string(version) + ", not 0.x or 1.x");
  }
  if (is_state(document->value)) {
    return no_plan(name, "it is a state, not a plan",
                   "name the plan file: `terraform show -json PLANFILE`");
  }
  for (const auto& part : kParts) {
    const Value* found = get(document->value, part.name);
    if (found == nullptr || found->is(Kind::Null) || found->is(part.kind)) continue;
    return no_plan(name,
                   "`" + std::string(part.name) + "` is no " + std::string(kind_name(part.kind)));
  }
  for (const char* list : {"resource_changes", "resource_drift"}) {
    std::string why = why_no_changes(document->value, list);
    if (!why.empty()) return no_plan(name, std::move(why));
  }
  return Value::map(
      const_cast<Map*>(sanitize_plan(arena, *document->value.as_map())));  // NOLINT: frozen
}

}  // namespace

base::Result<PlanImports> read_plan(const base::SourcePtr& json) {
  auto document = read_frozen_json(json);
  auto owner = std::make_shared<PlanImports::Owner>();
  auto raw = raw_of(document, json->name(), owner->arena);
  if (!raw) return std::move(raw.error());
  owner->json = std::move(document->data);
  PlanImports out;
  Builder builder(owner->arena);
  out.plan = builder.plan(*raw);
  out.configuration = builder.configuration(*raw);
  out.state = builder.state(*raw);
  out.owner = std::move(owner);
  return out;
}

std::string plan_mock(const PlanImports& imports) {
  return write_mock(*imports.plan);
}

std::string configuration_mock(const PlanImports& imports) {
  return std::string(kConfigurationImports) + "\n" + write_mock(*imports.configuration) + "\n" +
         kStripIndex;
}

std::string state_mock(const PlanImports& imports) {
  return write_mock(*imports.state);
}

struct PlanMocks::Held {
  FrozenDataPtr json;
  Arena arena;
  Value raw;
  std::unique_ptr<const TextHider> hider;

  /// Writes what `make` makes.
  template <class Make>
  void write(const Make& make, const TextSink& sink) const {
    Arena own;
    Builder builder(own, false);
    Value import = Value::map(const_cast<Map*>(make(builder)));  // NOLINT: frozen
    if (!hider->empty()) import = hider->hidden(own, import);
    write_mock(*import.as_map(), sink);
  }
};

PlanMocks::PlanMocks(std::unique_ptr<const Held> held) : held_(std::move(held)) {}
PlanMocks::PlanMocks(PlanMocks&&) noexcept = default;
PlanMocks& PlanMocks::operator=(PlanMocks&&) noexcept = default;
PlanMocks::~PlanMocks() = default;

base::Result<PlanMocks> PlanMocks::read(std::string_view name, std::string json) {
  auto document = read_frozen_json(name, std::move(json));
  auto held = std::make_unique<Held>();
  auto raw = raw_of(document, name, held->arena);
  if (!raw) return std::move(raw.error());
  held->json = std::move(document->data);
  held->raw = *raw;
  held->hider = std::make_unique<const TextHider>(sensitive_texts(document->value));
  return PlanMocks(std::move(held));
}

void PlanMocks::plan(const TextSink& sink) const {
  held_->write([this](Builder& builder) { return builder.plan(held_->raw); }, sink);
}

void PlanMocks::configuration(const TextSink& sink) const {
  sink(std::string(kConfigurationImports) + "\n");
  held_->write([this](Builder& builder) { return builder.configuration(held_->raw); }, sink);
  sink(std::string("\n") + kStripIndex);
}

void PlanMocks::state(const TextSink& sink) const {
  held_->write([this](Builder& builder) { return builder.state(held_->raw); }, sink);
}

}  // namespace sentinel
