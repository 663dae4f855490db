// Documents and trees as one line of text, so that a test is a table of two strings.
#pragma once

#include <string>

#include "plugin/sentinel/config/document.h"

namespace sentinel {

inline std::string printed(const base::ConfigNode& node) {
  using NodeKind = base::ConfigNode::Kind;
  switch (node.kind) {
  case NodeKind::Null:
    return "null";
  case NodeKind::Bool:
    return node.boolean ? "true" : "false";
  case NodeKind::Int:
    return "int " + std::to_string(node.integer);
  case NodeKind::Float:
    return "float " + std::to_string(node.number);
  case NodeKind::String: {
    std::string out = "'";
    for (const char c : node.text) {
      if (c == '\n') {
        out += "\\n";
      } else {
        out += c;
      }
    }
    return out + "'";
  }
  case NodeKind::List: {
    std::string out = "[";
    for (const base::ConfigNode& item : node.items)
      out += (out.size() > 1 ? ", " : "") + printed(item);
    return out + "]";
  }
  case NodeKind::Map: {
    std::string out = "{";
    for (const base::ConfigEntry& entry : node.entries) {
      out += (out.size() > 1 ? ", " : "") + entry.key + ": " + printed(entry.value);
    }
    return out + "}";
  }
  }
  return {};
}

inline std::string printed(const Document& document) {
  std::string out = document.legacy ? "legacy" : "";
  for (const ConfigBlock& block : document.blocks) {
    if (!out.empty()) out += ' ';
    out += block.type;
    for (const BlockLabel& label : block.labels)
      out += '(' + label.text + ')';
    out += printed(block.body);
  }
  return out;
}

inline std::string printed(const std::vector<base::Diagnostic>& errors) {
  std::string out;
  for (const base::Diagnostic& error : errors)
    out += base::to_text(error);
  return out;
}

}  // namespace sentinel
