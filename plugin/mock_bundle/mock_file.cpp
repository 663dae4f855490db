#include "plugin/mock_bundle/mock_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "plugin/base/file.h"
#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/syntax/parser.h"

namespace mock_bundle {
namespace {

using sentinel::NodeKind;

/// The value of one assignment where it is a literal: its text alone is read as a mock.
std::optional<sentinel::FrozenDataPtr> read_literal(const base::Source& source, base::Span span) {
  const std::string_view text = source.text().substr(span.begin, span.end - span.begin);
  return sentinel::read_data(std::make_shared<base::Source>(source.name(), std::string(text)));
}

}  // namespace

base::Result<MockFile> MockFile::read(const base::Path& file, const std::string& shown) {
  auto text = base::read_file(file);
  if (!text) return std::move(text.error());
  return parse(shown, std::move(*text));
}

base::Result<MockFile> MockFile::parse(std::string shown, std::string text) {
  MockFile out;
  out.source_ = std::make_shared<base::Source>(std::move(shown), std::move(text));
  out.arena_ = std::make_unique<sentinel::Arena>();
  // Nearly all of a large mock is data at its beginning, whose tree would be many times as large.
  sentinel::DataBeginning data = sentinel::read_data_beginning(out.source_);
  const std::string_view rest = out.source_->text().substr(data.end);
  if (data.end > 0) {
    const auto end = std::make_shared<base::Source>(out.source_->name(), std::string(rest));
    const sentinel::ParseResult parsed = sentinel::parse(end);
    // Imports may not stand there; the whole text says so, and where anything else is wrong.
    if (parsed.tree && parsed.tree->imports.empty()) {
      out.owners_.push_back(data.data);
      for (const sentinel::DataAssignment& one : data.assignments)
        out.names_.push_back({std::string(one.name), one.span, true, one.value});
      out.add(*parsed.tree, *end, static_cast<std::uint32_t>(data.end));
      return out;
    }
  }
  data = {};
  sentinel::ParseResult parsed = sentinel::parse(out.source_);
  if (!parsed.tree) {
    base::Diagnostic error;
    error.what = "mock file `" + out.source_->name() + "` does not parse";
    error.causes = std::move(parsed.errors);
    return error;
  }
  out.add(*parsed.tree, *out.source_, 0);
  return out;
}

/// `from`: where the text of `source` begins in the whole.
void MockFile::add(const sentinel::Tree& tree, const base::Source& source, std::uint32_t from) {
  for (const sentinel::Statement* statement : tree.statements) {
    if (statement->kind != NodeKind::Assign) continue;
    const auto& assign = static_cast<const sentinel::Assign&>(*statement);
    if (assign.target->kind != NodeKind::Name) continue;
    Name name;
    name.name = static_cast<const sentinel::Name&>(*assign.target).name;
    name.span = {assign.span.begin + from, assign.span.end + from};
    name.data = false;
    if (assign.op == sentinel::AssignOperator::Set) {
      if (auto data = read_literal(source, assign.span)) {
        const sentinel::Value* value = (*data)->root->find(name.name);
        name.data = value != nullptr && (*data)->root->size == 1;
        if (name.data) name.value = *value;
        owners_.push_back(*data);
      }
    }
    names_.push_back(std::move(name));
  }
}

const MockFile::Name* MockFile::find(std::string_view name) const {
  // The last assignment of a name is the one that holds.
  const auto found = std::find_if(names_.rbegin(), names_.rend(),
                                  [&](const Name& candidate) { return candidate.name == name; });
  return found == names_.rend() ? nullptr : &*found;
}

void MockFile::set(std::string_view name, sentinel::Value value) {
  const auto found = std::find_if(names_.rbegin(), names_.rend(),
                                  [&](const Name& candidate) { return candidate.name == name; });
  found->value = value;
  found->changed = true;
}

bool MockFile::changed() const {
  return std::any_of(names_.begin(), names_.end(), [](const Name& name) { return name.changed; });
}

std::string MockFile::text() const {
  std::string out;
  text([&](std::string_view piece) { out += piece; });
  return out;
}

void MockFile::text(const sentinel::TextSink& sink) const {
  const std::string_view before = source_->text();
  std::size_t at = 0;
  for (const Name& name : names_) {
    if (!name.changed) continue;
    sink(before.substr(at, name.span.begin - at));
    sentinel::write_assignment(name.name, name.value, sink);
    at = name.span.end;
  }
  sink(before.substr(at));
}

base::Status MockFile::write(const base::Path& file) const {
  // Where it is a link, the link goes, not what it leads to.
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  std::ofstream out(file, std::ios::binary);
  int failed = out ? 0 : errno;
  text([&](std::string_view piece) {
    if (failed == 0 &&
        !out.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
      failed = errno;
    }
  });
  if (failed == 0) return {};
  return base::Diagnostic{.what = "cannot write `" + file.string() + "`",
                          .why = std::generic_category().message(failed)};
}

}  // namespace mock_bundle
