#include "plugin/sentinel/terraform/sanitize.h"

#include <map>
#include <span>
#include <string_view>

namespace sentinel {
namespace {

// What the library knows of each object. The fields of its structures and the rules by which they
// are left out are public: github.com/hashicorp/terraform-json, plan.go, state.go, config.go,
// expression.go.

enum class Keep {
  NotEmpty,  // left out where null, "", false, 0, [] or {}
  NotNull,
  Always,  // null where missing
  False,   // false where missing
  Zero,    // 0 where missing
};

struct Shape;

struct Field {
  std::string_view name;
  Keep keep = Keep::NotEmpty;
  const Shape* shape = nullptr;  // null: anything, taken as it is
};

struct Shape {
  enum class Kind { Object, ListOf, MapOf, Expression };
  Kind kind;
  std::span<const Field> fields = {};  // Object
  const Shape* element = nullptr;      // ListOf, MapOf
};

constexpr Shape kExpression{Shape::Kind::Expression};
constexpr Shape kExpressions{Shape::Kind::MapOf, {}, &kExpression};

constexpr Field kProviderFields[] = {{"alias"},     {"expressions", Keep::NotEmpty, &kExpressions},
                                     {"full_name"}, {"module_address"},
                                     {"name"},      {"version_constraint"}};
constexpr Shape kProvider{Shape::Kind::Object, kProviderFields};
constexpr Shape kProviders{Shape::Kind::MapOf, {}, &kProvider};

constexpr Field kConfigOutputFields[] = {
    {"depends_on"}, {"description"}, {"expression", Keep::NotNull, &kExpression}, {"sensitive"}};
constexpr Shape kConfigOutput{Shape::Kind::Object, kConfigOutputFields};
constexpr Shape kConfigOutputs{Shape::Kind::MapOf, {}, &kConfigOutput};

constexpr Field kProvisionerFields[] = {{"expressions", Keep::NotEmpty, &kExpressions}, {"type"}};
constexpr Shape kProvisioner{Shape::Kind::Object, kProvisionerFields};
constexpr Shape kProvisioners{Shape::Kind::ListOf, {}, &kProvisioner};

constexpr Field kConfigResourceFields[] = {{"address"},
                                           {"count_expression", Keep::NotNull, &kExpression},
                                           {"depends_on"},
                                           {"expressions", Keep::NotEmpty, &kExpressions},
                                           {"for_each_expression", Keep::NotNull, &kExpression},
                                           {"mode"},
                                           {"name"},
                                           {"provider_config_key"},
                                           {"provisioners", Keep::NotEmpty, &kProvisioners},
                                           {"schema_version", Keep::Zero},
                                           {"type"}};
constexpr Shape kConfigResource{Shape::Kind::Object, kConfigResourceFields};
constexpr Shape kConfigResources{Shape::Kind::ListOf, {}, &kConfigResource};

constexpr Field kVariableFields[] = {{"default", Keep::NotNull}, {"description"}, {"sensitive"}};
constexpr Shape kVariable{Shape::Kind::Object, kVariableFields};
constexpr Shape kVariables{Shape::Kind::MapOf, {}, &kVariable};

extern const Shape kConfigModule;
constexpr Field kModuleCallFields[] = {{"count_expression", Keep::NotNull, &kExpression},
                                       {"depends_on"},
                                       {"expressions", Keep::NotEmpty, &kExpressions},
                                       {"for_each_expression", Keep::NotNull, &kExpression},
                                       {"module", Keep::NotNull, &kConfigModule},
                                       {"source"},
                                       {"version_constraint"}};
constexpr Shape kModuleCall{Shape::Kind::Object, kModuleCallFields};
constexpr Shape kModuleCalls{Shape::Kind::MapOf, {}, &kModuleCall};

constexpr Field kConfigModuleFields[] = {{"module_calls", Keep::NotEmpty, &kModuleCalls},
                                         {"outputs", Keep::NotEmpty, &kConfigOutputs},
                                         {"resources", Keep::NotEmpty, &kConfigResources},
                                         {"variables", Keep::NotEmpty, &kVariables}};
const Shape kConfigModule{Shape::Kind::Object, kConfigModuleFields};

const Field kConfigFields[] = {{"provider_config", Keep::NotEmpty, &kProviders},
                               {"root_module", Keep::NotNull, &kConfigModule}};
const Shape kConfig{Shape::Kind::Object, kConfigFields};

constexpr Field kResourceFields[] = {{"address"},
                                     {"depends_on"},
                                     {"deposed_key"},
                                     {"identity"},
                                     {"identity_schema_version", Keep::NotNull},
                                     {"index", Keep::NotNull},
                                     {"mode"},
                                     {"name"},
                                     {"provider_name"},
                                     {"schema_version", Keep::Zero},
                                     {"sensitive_values", Keep::NotNull},
                                     {"tainted"},
                                     {"type"},
                                     {"values"}};
constexpr Shape kResource{Shape::Kind::Object, kResourceFields};
constexpr Shape kResources{Shape::Kind::ListOf, {}, &kResource};

extern const Shape kModule;
const Shape kModules{Shape::Kind::ListOf, {}, &kModule};
const Field kModuleFields[] = {{"address"},
                               {"child_modules", Keep::NotEmpty, &kModules},
                               {"resources", Keep::NotEmpty, &kResources}};
const Shape kModule{Shape::Kind::Object, kModuleFields};

constexpr Field kOutputFields[] = {
    {"sensitive", Keep::False}, {"type", Keep::NotNull}, {"value", Keep::NotNull}};
constexpr Shape kOutput{Shape::Kind::Object, kOutputFields};
constexpr Shape kOutputs{Shape::Kind::MapOf, {}, &kOutput};

const Field kValuesFields[] = {{"outputs", Keep::NotEmpty, &kOutputs},
                               {"root_module", Keep::NotNull, &kModule}};
const Shape kValues{Shape::Kind::Object, kValuesFields};

const Field kStateFields[] = {
    {"checks"}, {"format_version"}, {"terraform_version"}, {"values", Keep::NotNull, &kValues}};
const Shape kState{Shape::Kind::Object, kStateFields};

constexpr Field kChangeFields[] = {{"actions"},
                                   {"after", Keep::NotNull},
                                   {"after_identity", Keep::NotNull},
                                   {"after_sensitive", Keep::NotNull},
                                   {"after_unknown", Keep::NotNull},
                                   {"before", Keep::Always},
                                   {"before_identity", Keep::NotNull},
                                   {"before_sensitive", Keep::NotNull},
                                   {"generated_config"},
                                   {"importing", Keep::NotNull},
                                   {"replace_paths"}};
constexpr Shape kChange{Shape::Kind::Object, kChangeFields};
constexpr Shape kChanges{Shape::Kind::MapOf, {}, &kChange};

constexpr Field kResourceChangeFields[] = {{"address"},       {"change", Keep::NotNull, &kChange},
                                           {"deposed"},       {"index", Keep::NotNull},
                                           {"mode"},          {"module_address"},
                                           {"name"},          {"previous_address"},
                                           {"provider_name"}, {"type"}};
constexpr Shape kResourceChange{Shape::Kind::Object, kResourceChangeFields};
constexpr Shape kResourceChanges{Shape::Kind::ListOf, {}, &kResourceChange};

constexpr Field kDeferredFields[] = {{"reason"},
                                     {"resource_change", Keep::NotNull, &kResourceChange}};
constexpr Shape kDeferred{Shape::Kind::Object, kDeferredFields};
constexpr Shape kDeferredChanges{Shape::Kind::ListOf, {}, &kDeferred};

constexpr Field kPlanVariableFields[] = {{"value", Keep::NotNull}};
constexpr Shape kPlanVariable{Shape::Kind::Object, kPlanVariableFields};
constexpr Shape kPlanVariables{Shape::Kind::MapOf, {}, &kPlanVariable};

const Field kPlanFields[] = {{"checks"},
                             {"complete", Keep::NotNull},
                             {"configuration", Keep::NotNull, &kConfig},
                             {"deferred_changes", Keep::NotEmpty, &kDeferredChanges},
                             {"format_version"},
                             {"output_changes", Keep::NotEmpty, &kChanges},
                             {"planned_values", Keep::NotNull, &kValues},
                             {"prior_state", Keep::NotNull, &kState},
                             {"relevant_attributes"},
                             {"resource_changes", Keep::NotEmpty, &kResourceChanges},
                             {"resource_drift", Keep::NotEmpty, &kResourceChanges},
                             {"terraform_version"},
                             {"timestamp"},
                             {"variables", Keep::NotEmpty, &kPlanVariables}};
const Shape kPlan{Shape::Kind::Object, kPlanFields};

constexpr std::string_view kRedacted = "REDACTED_SENSITIVE";

const Value* get(const Value& map, std::string_view key) {
  return map.is(Kind::Map) ? map.as_map()->find(key) : nullptr;
}

bool empty(const Value& value) {
  switch (value.kind()) {
  case Kind::Undefined:
  case Kind::Null:
    return true;
  case Kind::Bool:
    return !value.as_bool();
  case Kind::Int:
    return value.as_int() == 0;
  case Kind::String:
    return value.as_string().empty();
  case Kind::List:
    return value.as_list()->size == 0;
  case Kind::Map:
    return value.as_map()->size == 0;
  default:
    return false;
  }
}

class Sanitizer {
 public:
  explicit Sanitizer(Arena& arena) : arena_(arena) {}

  const Map* run(const Map& document) {
    find_sensitive(document);
    return shaped(Value::map(const_cast<Map*>(&document)), kPlan, Place::Plan).as_map();
  }

 private:
  /// Where in the plan a shape stands, as far as that decides what is redacted.
  enum class Place { Plan, Planned, Prior, Drift, Elsewhere };

  void find_sensitive(const Map& document) {
    if (const Value* changes = document.find("resource_changes");
        changes && changes->is(Kind::List)) {
      for (const Value& item : *changes->as_list()) {
        const Value* address = get(item, "address");
        const Value* change = get(item, "change");
        if (!address || !address->is(Kind::String) || !change) continue;
        if (const Value* deposed = get(item, "deposed"); deposed && !empty(*deposed)) continue;
        changes_.emplace(address->as_string(), change);
      }
    }
    const Value* configuration = document.find("configuration");
    const Value* root = configuration ? get(*configuration, "root_module") : nullptr;
    variables_ = root ? get(*root, "variables") : nullptr;
  }

  Value shaped(const Value& value, const Shape& shape, Place place) {
    switch (shape.kind) {
    case Shape::Kind::Object:
      return value.is(Kind::Map) ? object(value, shape, place) : value;
    case Shape::Kind::Expression:
      return expression(value);
    case Shape::Kind::ListOf: {
      if (!value.is(Kind::List)) return value;
      const List& from = *value.as_list();
      List* to = make_list(arena_, from.size);
      for (const Value& item : from)
        to->items[to->size++] = shaped(item, *shape.element, place);
      to->frozen = true;
      return Value::list(to);
    }
    case Shape::Kind::MapOf: {
      if (!value.is(Kind::Map)) return value;
      const Map& from = *value.as_map();
      Map* to = make_map(arena_, from.size);
      for (const MapEntry& entry : from) {
        Value made = shaped(entry.value, *shape.element, place);
        if (shape.element == &kPlanVariable) made = variable(entry.key, made);
        to->set(arena_, entry.key, made);
      }
      to->frozen = true;
      return Value::map(to);
    }
    }
    return value;
  }

  Value object(const Value& value, const Shape& shape, Place place) {
    const Map& from = *value.as_map();
    Map* to = make_map(arena_, shape.fields.size());
    to->sorted = true;
    for (const Field& field : shape.fields) {
      const Value* found = from.find(field.name);
      Value made = found ? *found : Value::null();
      if (made.is(Kind::Null)) {
        if (field.keep == Keep::False) made = Value::boolean(false);
        if (field.keep == Keep::Zero) made = Value::integer(0);
        if (field.keep == Keep::NotEmpty || field.keep == Keep::NotNull) continue;
      } else if (field.shape != nullptr) {
        made = shaped(
            made, *field.shape,
            shape.kind == Shape::Kind::Object && &shape == &kPlan ? place_of(field.name) : place);
      }
      if (field.keep == Keep::NotEmpty && empty(made)) continue;
      to->set(arena_, Value::string(field.name), made);
    }
    if (&shape == &kResource) resource(*to, place);
    if (&shape == &kOutput && !empty(*to->find("sensitive"))) redact_field(*to, "value");
    if (&shape == &kChange && place != Place::Drift) {
      // The marks are trees of the shape of the values.
      if (const Value* marks = to->find("before_sensitive")) redact_field(*to, "before", *marks);
      if (const Value* marks = to->find("after_sensitive")) redact_field(*to, "after", *marks);
    }
    to->frozen = true;
    return Value::map(to);
  }

  static Place place_of(std::string_view name) {
    if (name == "planned_values") return Place::Planned;
    if (name == "prior_state") return Place::Prior;
    if (name == "resource_drift") return Place::Drift;
    return Place::Elsewhere;
  }

  void resource(Map& resource, Place place) {
    const Value* address = resource.find("address");
    if (address == nullptr || !address->is(Kind::String)) return;
    const auto change = changes_.find(address->as_string());
    if (change == changes_.end()) return;
    const Value* marks =
        get(*change->second, place == Place::Prior ? "before_sensitive" : "after_sensitive");
    if (marks != nullptr) redact_field(resource, "values", *marks);
  }

  Value variable(const Value& name, const Value& made) {
    const Value* declared =
        variables_ && name.is(Kind::String) ? get(*variables_, name.as_string()) : nullptr;
    const Value* sensitive = declared ? get(*declared, "sensitive") : nullptr;
    if (sensitive == nullptr || empty(*sensitive) || !made.is(Kind::Map)) return made;
    Map* to = copy(arena_, *made.as_map());
    redact_field(*to, "value");
    to->frozen = true;
    return Value::map(to);
  }

  /// A value that is sensitive as a whole is replaced even where there is none.
  void redact_field(Map& map, std::string_view field, const Value& marks = Value::boolean(true)) {
    const Value* value = map.find(field);
    const bool whole = marks.is(Kind::Bool) && marks.as_bool();
    if (value == nullptr && !whole) return;
    map.set(arena_, Value::string(field),
            whole ? Value::string(kRedacted) : redacted(*value, marks));
  }

  Value redacted(const Value& value, const Value& marks) {
    if (marks.is(Kind::Bool)) return marks.as_bool() ? Value::string(kRedacted) : value;
    if (empty(marks)) return value;
    if (marks.is(Kind::List) && value.is(Kind::List)) {
      List* to = copy(arena_, *value.as_list());
      for (std::uint32_t i = 0; i < to->size && i < marks.as_list()->size; ++i)
        to->items[i] = redacted(to->items[i], marks.as_list()->items[i]);
      to->frozen = true;
      return Value::list(to);
    }
    if (marks.is(Kind::Map) && value.is(Kind::Map)) {
      Map* to = copy(arena_, *value.as_map());
      for (const MapEntry& mark : *marks.as_map()) {
        const Value* found = to->find(mark.key);
        if (found != nullptr) to->set(arena_, mark.key, redacted(*found, mark.value));
      }
      to->frozen = true;
      return Value::map(to);
    }
    return value;
  }

  /// Whether an expression holds nothing but what is kept of it, as nearly all do.
  static bool is_kept(const Value& value) {
    if (!value.is(Kind::Map) || value.as_map()->size != 1) return false;
    const MapEntry& only = value.as_map()->entries[0];
    const std::string_view name = only.key.as_string();
    return (name == "constant_value" && !only.value.is(Kind::Null)) ||
           (name == "references" && !empty(only.value));
  }

  /// References, a constant, or (a list of) nested blocks; what else there is gets lost.
  Value expression(const Value& value) {
    if (value.is(Kind::List)) {
      List* to = make_list(arena_, value.as_list()->size);
      for (const Value& block : *value.as_list()) {
        to->items[to->size++] =
            block.is(Kind::Map) ? shaped(block, kExpressions, Place::Elsewhere) : block;
      }
      to->frozen = true;
      return Value::list(to);
    }
    if (is_kept(value)) return value;
    Map* to = make_map(arena_, 2);
    to->sorted = true;
    for (const std::string_view name : {"constant_value", "references"}) {
      const Value* found = get(value, name);
      if (found == nullptr || found->is(Kind::Null)) continue;
      if (name == "references" && empty(*found)) continue;
      to->set(arena_, Value::string(name), *found);
    }
    to->frozen = true;
    return Value::map(to);
  }

  Arena& arena_;
  std::map<std::string_view, const Value*> changes_;  // by address
  const Value* variables_ = nullptr;                  // as the root module declares them
};

}  // namespace

const Map* sanitize_plan(Arena& arena, const Map& document) {
  return Sanitizer(arena).run(document);
}

}  // namespace sentinel
