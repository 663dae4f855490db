// Judges a value by a JSON Schema, for the keywords that the manifest's schema uses. Any other
// keyword is an error of the test.
#pragma once

#include <cstdint>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "plugin/base/config_tree.h"

namespace harness_test {

class SchemaValidator {
 public:
  explicit SchemaValidator(const base::ConfigNode& root) : root_(root) {}

  bool accepts(const base::ConfigNode& value) const { return accepts(root_, value); }

 private:
  using Node = base::ConfigNode;
  using Kind = Node::Kind;

  bool accepts(const Node& schema, const Node& value) const {
    if (schema.kind == Kind::Bool) return schema.boolean;
    if (schema.kind != Kind::Map) throw std::logic_error("a schema is a map");
    bool good = true;
    for (const base::ConfigEntry& entry : schema.entries)
      good = good && keyword(schema, entry.key, entry.value, value);
    return good;
  }

  bool keyword(const Node& schema, std::string_view key, const Node& word,
               const Node& value) const {
    static const std::set<std::string_view> silent = {"$schema", "$defs", "title", "description",
                                                      "then"};
    if (silent.contains(key)) return true;
    if (key == "$ref") {
      const std::string_view name =
          std::string_view(word.text).substr(std::string_view("#/$defs/").size());
      return accepts(*root_.find("$defs")->find(name), value);
    }
    if (key == "type") return has_type(word.text, value);
    if (key == "const") return equal(word, value);
    if (key == "enum") {
      for (const Node& one : word.items) {
        if (equal(one, value)) return true;
      }
      return false;
    }
    if (key == "pattern") return value.kind != Kind::String || matches(word.text, value.text);
    if (key == "minLength") {
      return value.kind != Kind::String ||
             static_cast<std::int64_t>(value.text.size()) >= word.integer;
    }
    if (key == "minItems") {
      return value.kind != Kind::List ||
             static_cast<std::int64_t>(value.items.size()) >= word.integer;
    }
    if (key == "minProperties") {
      return value.kind != Kind::Map ||
             static_cast<std::int64_t>(value.entries.size()) >= word.integer;
    }
    if (key == "items") {
      for (const Node& item : value.items) {
        if (!accepts(word, item)) return false;
      }
      return true;
    }
    if (key == "propertyNames") {
      for (const base::ConfigEntry& entry : value.entries) {
        Node name;
        name.kind = Kind::String;
        name.text = entry.key;
        if (!accepts(word, name)) return false;
      }
      return true;
    }
    if (key == "properties") {
      for (const base::ConfigEntry& entry : value.entries) {
        const Node* one = word.find(entry.key);
        if (one != nullptr && !accepts(*one, entry.value)) return false;
      }
      return true;
    }
    if (key == "additionalProperties") {
      const Node* properties = schema.find("properties");
      for (const base::ConfigEntry& entry : value.entries) {
        if (properties != nullptr && properties->find(entry.key) != nullptr) continue;
        if (!accepts(word, entry.value)) return false;
      }
      return true;
    }
    if (key == "required") {
      if (value.kind != Kind::Map) return true;
      for (const Node& name : word.items) {
        if (value.find(name.text) == nullptr) return false;
      }
      return true;
    }
    if (key == "not") return !accepts(word, value);
    if (key == "if") return !accepts(word, value) || accepts(*schema.find("then"), value);
    if (key == "anyOf" || key == "oneOf") {
      int count = 0;
      for (const Node& one : word.items)
        count += accepts(one, value) ? 1 : 0;
      return key == "anyOf" ? count > 0 : count == 1;
    }
    throw std::logic_error("keyword " + std::string(key) + " is not known to this validator");
  }

  static bool has_type(std::string_view type, const Node& value) {
    if (type == "object") return value.kind == Kind::Map;
    if (type == "array") return value.kind == Kind::List;
    if (type == "string") return value.kind == Kind::String;
    if (type == "boolean") return value.kind == Kind::Bool;
    throw std::logic_error("type " + std::string(type) + " is not known to this validator");
  }

  static bool equal(const Node& a, const Node& b) {
    const bool numbers = (a.kind == Kind::Int || a.kind == Kind::Float) &&
                         (b.kind == Kind::Int || b.kind == Kind::Float);
    if (numbers) return a.number == b.number;
    if (a.kind != b.kind) return false;
    return a.kind == Kind::Bool ? a.boolean == b.boolean : a.text == b.text;
  }

  static bool matches(const std::string& pattern, const std::string& text) {
    static std::map<std::string, std::regex> compiled;
    const auto found = compiled.try_emplace(pattern, pattern, std::regex::ECMAScript).first;
    return std::regex_search(text, found->second);
  }

  const Node& root_;
};

}  // namespace harness_test
