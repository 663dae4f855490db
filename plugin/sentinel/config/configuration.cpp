#include "plugin/sentinel/config/configuration.h"

#include <algorithm>
#include <array>
#include <span>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "plugin/base/file.h"
#include "plugin/sentinel/config/text.h"

namespace sentinel {
namespace {

using base::ConfigEntry;
using base::ConfigNode;

struct BlockForm {
  std::string_view type;
  std::size_t least_labels;
  std::size_t most_labels;
  std::string_view labels;  // for messages
};

constexpr std::array<BlockForm, 8> kForms = {{
    {"mock", 1, 1, "the import's name"},
    {"import", 1, 2, "a kind (`module`, `plugin` or `static`) and the import's name"},
    {"module", 1, 1, "the import's name"},
    {"policy", 1, 1, "the policy's name"},
    {"param", 1, 1, "the parameter's name"},
    {"global", 1, 1, "the global's name"},
    {"test", 0, 0, "no label"},
    {"sentinel", 0, 0, "no label"},
}};

constexpr std::array<std::string_view, 4> kFeatures = {"terraform", "apply-all", "apply_all",
                                                       "apply-policy-concurrency"};

/// More than anybody reads are not looked for: finding the line of each takes time.
constexpr std::size_t kMostProblems = 100;

class Configurer {
 public:
  explicit Configurer(std::vector<base::Diagnostic>& errors) : errors_(errors) {}

  void add(const Document& document) {
    if (document.legacy) out_.legacy = true;
    out_.warnings.insert(out_.warnings.end(), document.warnings.begin(), document.warnings.end());
    for (const ConfigBlock& block : document.blocks)
      add(block);
  }

  Configuration finish() { return std::move(out_); }

 private:
  void report(const Place& place, std::string what, std::string advice = {}) {
    if (errors_.size() >= kMostProblems) return;
    base::Diagnostic diagnostic;
    diagnostic.what = std::move(what);
    diagnostic.where = place.locate();
    diagnostic.advice = std::move(advice);
    errors_.push_back(std::move(diagnostic));
  }

  static std::string did_you_mean(std::string_view word,
                                  const std::vector<std::string_view>& known) {
    const std::string_view nearest = base::nearest_name(word, known);
    return nearest.empty() ? std::string() : "did you mean `" + std::string(nearest) + "`?";
  }

  void add(const ConfigBlock& block) {
    const auto* form = std::find_if(kForms.begin(), kForms.end(), [&](const BlockForm& known) {
      return known.type == block.type;
    });
    if (form == kForms.end()) {
      std::vector<std::string_view> known;
      for (const BlockForm& one : kForms)
        known.push_back(one.type);
      report(block.place(), "unknown block `" + shorten(block.type) + "`",
             did_you_mean(block.type, known));
      return;
    }
    if (block.labels.size() < form->least_labels || block.labels.size() > form->most_labels) {
      report(block.place(), "a `" + block.type + "` block has " +
                                std::to_string(block.labels.size()) +
                                (block.labels.size() == 1 ? " label" : " labels") + ", expected " +
                                std::string(form->labels));
      return;
    }
    if (block.type == "mock") return add_mock(block);
    if (block.type == "import") return add_import(block);
    if (block.type == "module") {
      return add_import(block, ImportKind::Module, block.labels[0].text, true);
    }
    if (block.type == "policy") return add_policy(block);
    if (block.type == "param") return add_setting(block, out_.params);
    if (block.type == "global") return add_setting(block, out_.globals);
    if (block.type == "test") return add_test(block);
    add_sentinel(block);
  }

  /// Reports keys that are not `known`.
  void check_keys(const ConfigBlock& block, std::initializer_list<std::string_view> known) {
    for (std::size_t i = 0; i < block.body.entries.size(); ++i) {
      const std::string& key = block.body.entries[i].key;
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      if (key == "//") continue;
      report(block.place_of(i), "unknown key `" + shorten(key) + "` in " + describe(block),
             did_you_mean(key, {known.begin(), known.end()}));
    }
  }

  static std::string describe(const ConfigBlock& block) {
    std::string out = "`" + block.type;
    for (const BlockLabel& label : block.labels)
      out += " \"" + shorten(label.text) + '"';
    return out + "`";
  }

  static std::optional<std::size_t> find(const ConfigBlock& block, std::string_view key) {
    for (std::size_t i = 0; i < block.body.entries.size(); ++i) {
      if (block.body.entries[i].key == key) return i;
    }
    return std::nullopt;
  }

  static const ConfigNode& value(const ConfigBlock& block, std::size_t entry) {
    return block.body.entries[entry].value;
  }

  bool expect(const ConfigBlock& block, std::size_t entry, ConfigNode::Kind kind) {
    const ConfigNode& found = value(block, entry);
    if (found.kind == kind) return true;
    report(block.value_place(entry), "`" + block.body.entries[entry].key + "` is " +
                                         std::string(base::kind_name(found.kind)) + ", expected " +
                                         std::string(base::kind_name(kind)));
    return false;
  }

  /// The text of `key`; nothing where it is missing or no text, which is reported when `required`.
  std::optional<std::string> text(const ConfigBlock& block, std::string_view key, bool required,
                                  Place& place) {
    const auto entry = find(block, key);
    if (!entry) {
      if (required) {
        report(block.place(), "`" + std::string(key) + "` is missing in " + describe(block));
      }
      return std::nullopt;
    }
    if (!expect(block, *entry, ConfigNode::Kind::String)) return std::nullopt;
    place = block.value_place(*entry);
    if (value(block, *entry).text.empty()) {
      report(place, "`" + std::string(key) + "` is empty");
      return std::nullopt;
    }
    return value(block, *entry).text;
  }

  /// Whether `name` is the first of its `kind`; else reports.
  bool is_new(std::string_view kind, const std::string& name, const Place& place) {
    const auto [first, added] = names_.emplace(std::string(kind) + ' ' + name, place);
    if (added) return true;
    if (errors_.size() >= kMostProblems) return false;  // finding the line would be for nothing
    const auto where = first->second.locate();
    report(place, std::string(kind) + " `" + shorten(name) + "` is defined twice",
           where ? "first at " + base::to_text(*where) : std::string());
    return false;
  }

  void add_mock(const ConfigBlock& block) {
    check_keys(block, {"data", "module"});
    Mock mock;
    mock.name = block.labels[0].text;
    mock.place = block.place();
    const auto data = find(block, "data");
    const auto module = find(block, "module");
    if (data && module) {
      report(block.place(),
             describe(block) + " has both `data` and `module`, expected one of them");
      return;
    }
    if (!data && !module) {
      report(block.place(), describe(block) + " is empty, expected `data` or `module`");
      return;
    }
    if (data) {
      if (!expect(block, *data, ConfigNode::Kind::Map)) return;
      mock.data = value(block, *data);
    } else {
      if (!expect(block, *module, ConfigNode::Kind::Map)) return;
      ConfigBlock inner;
      inner.type = "module";
      inner.source = block.origins[*module];
      inner.span = block.body.entries[*module].key_span;
      inner.body = value(block, *module);
      inner.origins.assign(inner.body.entries.size(), inner.source);
      check_keys(inner, {"source"});
      const auto source = text(inner, "source", true, mock.source_place);
      if (!source) return;
      mock.source = *source;
    }
    if (is_new("mock", mock.name, mock.place)) out_.mocks.push_back(std::move(mock));
  }

  void add_import(const ConfigBlock& block) {
    if (block.labels.size() == 1) {
      add_import(block, ImportKind::Plugin, block.labels[0].text, true);
      return;
    }
    const std::string& kind = block.labels[0].text;
    const std::string& name = block.labels[1].text;
    if (kind == "module") return add_import(block, ImportKind::Module, name, false);
    if (kind == "plugin") return add_import(block, ImportKind::Plugin, name, false);
    if (kind == "static") return add_import(block, ImportKind::Static, name, false);
    report(
        {block.source, block.labels[0].span},
        "unknown kind of import `" + shorten(kind) + "`, expected `module`, `plugin` or `static`",
        did_you_mean(kind, {"module", "plugin", "static"}));
  }

  void add_import(const ConfigBlock& block, ImportKind kind, const std::string& name, bool legacy) {
    ConfiguredImport import;
    import.kind = kind;
    import.name = name;
    import.place = block.place();
    import.legacy = legacy;
    switch (kind) {
    case ImportKind::Module: {
      check_keys(block, {"source"});
      const auto source = text(block, "source", true, import.source_place);
      if (!source) return;
      import.source = *source;
      break;
    }
    case ImportKind::Static: {
      check_keys(block, {"source", "format"});
      const auto source = text(block, "source", true, import.source_place);
      Place place;
      const auto format = text(block, "format", true, place);
      if (format && *format != "json") {
        report(place, "unknown format `" + shorten(*format) + "`, expected `json`");
        return;
      }
      if (!source || !format) return;
      import.source = *source;
      break;
    }
    case ImportKind::Plugin: {
      const std::string_view key = legacy ? "path" : "source";
      if (legacy) {
        check_keys(block, {"path", "source", "args", "env", "config"});
      } else {
        check_keys(block, {"source", "args", "env", "config"});
      }
      const auto source =
          text(block, legacy && !find(block, "path") ? "source" : key, false, import.source_place);
      if (source) import.source = *source;
      if (const auto args = find(block, "args")) expect(block, *args, ConfigNode::Kind::List);
      if (const auto env = find(block, "env")) expect(block, *env, ConfigNode::Kind::Map);
      const auto config = find(block, "config");
      if (config && value(block, *config).kind != ConfigNode::Kind::Null &&
          expect(block, *config, ConfigNode::Kind::Map)) {
        import.config = value(block, *config);
      }
      break;
    }
    }
    if (is_new("import", import.name, import.place)) {
      out_.imports.push_back(std::move(import));
    }
  }

  void add_policy(const ConfigBlock& block) {
    check_keys(block, {"source", "enforcement_level", "params"});
    PolicyBlock policy;
    policy.name = block.labels[0].text;
    policy.place = block.place();
    policy.source_place = block.place();
    policy.source = "./" + policy.name + ".sentinel";
    if (const auto source = text(block, "source", false, policy.source_place)) {
      policy.source = *source;
    }
    Place place;
    if (const auto level = text(block, "enforcement_level", false, place)) {
      if (*level == "advisory") {
        policy.level = EnforcementLevel::Advisory;
      } else if (*level == "soft-mandatory") {
        policy.level = EnforcementLevel::SoftMandatory;
      } else if (*level == "hard-mandatory") {
        policy.level = EnforcementLevel::HardMandatory;
      } else {
        report(place,
               "unknown enforcement level `" + shorten(*level) +
                   "`, expected `advisory`, `soft-mandatory` or `hard-mandatory`",
               did_you_mean(*level, {"advisory", "soft-mandatory", "hard-mandatory"}));
      }
    }
    if (const auto params = find(block, "params");
        params && expect(block, *params, ConfigNode::Kind::Map)) {
      add_settings(value(block, *params), block.origins[*params], policy.params);
    }
    if (is_new("policy", policy.name, policy.place)) {
      out_.policies.push_back(std::move(policy));
    }
  }

  /// The entries of a map; of equal keys the last counts, as in HCL's own objects.
  static void add_settings(const ConfigNode& map, const base::SourcePtr& source,
                           std::vector<Setting>& out) {
    std::unordered_map<std::string, std::size_t> places;
    for (const ConfigEntry& entry : map.entries) {
      Setting setting{entry.key, {source, entry.key_span}, entry.value};
      const auto [place, is_new] = places.emplace(entry.key, out.size());
      if (is_new) {
        out.push_back(std::move(setting));
      } else {
        out[place->second] = std::move(setting);
      }
    }
  }

  void add_setting(const ConfigBlock& block, std::vector<Setting>& out) {
    check_keys(block, {"value"});
    const auto entry = find(block, "value");
    if (!entry) {
      report(block.place(), "`value` is missing in " + describe(block));
      return;
    }
    Setting setting{block.labels[0].text, block.place(), value(block, *entry)};
    if (is_new(block.type == "param" ? "parameter" : "global", setting.name, setting.place)) {
      out.push_back(std::move(setting));
    }
  }

  void add_test(const ConfigBlock& block) {
    check_keys(block, {"rules"});
    if (out_.expected_rules) {
      report(block.place(), "there is a second `test` block");
      return;
    }
    out_.expected_rules.emplace();
    if (const auto rules = find(block, "rules");
        rules && expect(block, *rules, ConfigNode::Kind::Map)) {
      add_settings(value(block, *rules), block.origins[*rules], *out_.expected_rules);
    }
  }

  void add_sentinel(const ConfigBlock& block) {
    check_keys(block, {"features"});
    const auto features = find(block, "features");
    if (!features || !expect(block, *features, ConfigNode::Kind::Map)) return;
    for (const ConfigEntry& entry : value(block, *features).entries) {
      const Place place{block.origins[*features], entry.key_span};
      if (std::find(kFeatures.begin(), kFeatures.end(), entry.key) == kFeatures.end()) {
        report(place, "unknown feature `" + shorten(entry.key) + "`",
               did_you_mean(entry.key, {kFeatures.begin(), kFeatures.end()}));
        continue;
      }
      if (entry.value.kind != ConfigNode::Kind::Bool) {
        report({place.source, entry.value.span},
               "feature `" + entry.key + "` is " + std::string(base::kind_name(entry.value.kind)) +
                   ", expected true or false");
        continue;
      }
      out_.features[entry.key == "apply_all" ? "apply-all" : entry.key] = entry.value.boolean;
    }
  }

  std::vector<base::Diagnostic>& errors_;
  std::unordered_map<std::string, Place> names_;  // "mock tfplan/v2" → where
  Configuration out_;
};

/// `policy "p"`: what two blocks must have alike for one to override the other.
std::string label_text(const ConfigBlock& block) {
  std::string out = block.type;
  for (const BlockLabel& label : block.labels)
    out += " \"" + label.text + '"';
  return out;
}

void override_entries(ConfigBlock& block, const ConfigBlock& override) {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < block.body.entries.size(); ++i) {
    places.emplace(block.body.entries[i].key, i);
  }
  for (std::size_t i = 0; i < override.body.entries.size(); ++i) {
    const ConfigEntry& entry = override.body.entries[i];
    const auto [place, is_new] = places.emplace(entry.key, block.body.entries.size());
    if (is_new) {
      block.body.entries.push_back(entry);
      block.origins.push_back(override.origins[i]);
    } else {
      block.body.entries[place->second] = entry;
      block.origins[place->second] = override.origins[i];
    }
  }
}

bool is_override(const std::string& file) {
  for (const std::string_view ending : {".hcl", ".json"}) {
    if (file == "override" + std::string(ending) ||
        file.ends_with("_override" + std::string(ending))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<base::Location> Place::locate() const {
  if (source == nullptr) return std::nullopt;
  return source->locate(span);
}

std::string_view name_of(EnforcementLevel level) {
  switch (level) {
  case EnforcementLevel::Advisory:
    return "advisory";
  case EnforcementLevel::SoftMandatory:
    return "soft-mandatory";
  case EnforcementLevel::HardMandatory:
    return "hard-mandatory";
  }
  return "";
}

bool Configuration::feature(std::string_view name) const {
  const auto found = features.find(name);
  return found != features.end() && found->second;
}

void apply_override(Document& document, const Document& overrides,
                    std::vector<base::Diagnostic>& errors) {
  std::unordered_map<std::string, std::size_t> blocks;
  for (std::size_t i = 0; i < document.blocks.size(); ++i) {
    blocks.emplace(label_text(document.blocks[i]), i);
  }
  for (const ConfigBlock& override : overrides.blocks) {
    if (override.type == "test") {
      document.blocks.push_back(override);
      continue;
    }
    const auto found = blocks.find(label_text(override));
    if (found == blocks.end()) {
      if (errors.size() >= kMostProblems) return;
      base::Diagnostic diagnostic;
      diagnostic.what = "nothing to override: there is no `" + label_text(override) + "` block";
      diagnostic.where = override.place().locate();
      errors.push_back(std::move(diagnostic));
      continue;
    }
    override_entries(document.blocks[found->second], override);
  }
}

Document read_document(const base::SourcePtr& source, std::vector<base::Diagnostic>& errors) {
  if (source->name().ends_with(".json")) return read_json_configuration(source, errors);
  return read_hcl(source, errors);
}

Configuration configure(const std::vector<Document>& documents,
                        std::vector<base::Diagnostic>& errors) {
  Configurer configurer(errors);
  for (const Document& document : documents)
    configurer.add(document);
  return configurer.finish();
}

Configuration read_configuration(const base::SourcePtr& source,
                                 std::vector<base::Diagnostic>& errors) {
  Configurer configurer(errors);
  configurer.add(read_document(source, errors));
  return configurer.finish();
}

Configuration read_configuration_folder(const base::Path& folder,
                                        std::vector<base::Diagnostic>& errors) {
  std::vector<std::string> names;
  std::vector<std::string> overrides;
  bool has_json = false;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(folder, failure), end; entry != end && !failure;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (is_override(name)) {
      overrides.push_back(name);
    } else if (name.ends_with(".hcl") && !name.starts_with('.')) {
      names.push_back(name);
    }
    has_json = has_json || name == "sentinel.json";
  }
  // What every version up to 0.15 read, and the documentation still names.
  if (names.empty() && has_json) names.emplace_back("sentinel.json");
  std::sort(names.begin(), names.end());
  std::sort(overrides.begin(), overrides.end());
  const auto read = [&](const std::string& name) -> Document {
    auto text = base::read_file(folder / name, kLargestConfiguration);
    if (!text) {
      errors.push_back(std::move(text.error()));
      return {};
    }
    return read_document(std::make_shared<const base::Source>(name, std::move(*text)), errors);
  };
  Document all;
  for (const std::string& name : names) {
    Document document = read(name);
    std::move(document.blocks.begin(), document.blocks.end(), std::back_inserter(all.blocks));
    std::move(document.warnings.begin(), document.warnings.end(), std::back_inserter(all.warnings));
    all.legacy = all.legacy || document.legacy;
  }
  for (const std::string& name : overrides)
    apply_override(all, read(name), errors);
  return configure({std::move(all)}, errors);
}

}  // namespace sentinel
