// A mock file as its text and those of its top-level names that are pure data: some are changed,
// and everything else (functions, imports, comments, names left alone) stays byte for byte.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/source.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/data/mock_writer.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {
struct Tree;
}

namespace mock_bundle {

class MockFile {
 public:
  /// One top-level assignment.
  struct Name {
    std::string name;
    base::Span span;   // of the whole assignment in the text
    bool data = true;  // false: the value is code, and `value` is undefined
    sentinel::Value value;
    bool changed = false;
  };

  /// `shown` is the file's name in messages. A file that does not parse is an error.
  static base::Result<MockFile> read(const base::Path& file, const std::string& shown);
  static base::Result<MockFile> parse(std::string shown, std::string text);

  const std::vector<Name>& names() const { return names_; }
  const Name* find(std::string_view name) const;

  /// Where new values go. Values read from the file are frozen: copy along the path, then `set`.
  sentinel::Arena& arena() { return *arena_; }

  /// Replaces the value of a name that is there and is data.
  void set(std::string_view name, sentinel::Value value);

  bool changed() const;
  /// The whole text, changed names written in the style of HashiCorp's generator.
  std::string text() const;
  /// The same in pieces, for what is too large to be held twice.
  void text(const sentinel::TextSink& sink) const;
  /// Writes it over `file`; a reader may see a part of it.
  base::Status write(const base::Path& file) const;
  /// What was read.
  std::string_view text_before() const { return source_->text(); }

 private:
  void add(const sentinel::Tree& tree, const base::Source& source, std::uint32_t from);

  base::SourcePtr source_;
  std::vector<std::shared_ptr<const void>> owners_;  // of what the values are made of
  std::unique_ptr<sentinel::Arena> arena_;
  std::vector<Name> names_;
};

}  // namespace mock_bundle
