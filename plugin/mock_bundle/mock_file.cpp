#include "plugin/mock_bundle/mock_file.h"

#include <algorithm>

#include "plugin/base/file.h"
#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/data/mock_writer.h"
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
  sentinel::ParseResult parsed = sentinel::parse(out.source_);
  if (!parsed.tree) {
    base::Diagnostic error;
    error.what = "mock file `" + out.source_->name() + "` does not parse";
    error.causes = std::move(parsed.errors);
    return error;
  }
  for (const sentinel::Statement* statement : parsed.tree->statements) {
    if (statement->kind != NodeKind::Assign) continue;
    const auto& assign = static_cast<const sentinel::Assign&>(*statement);
    if (assign.target->kind != NodeKind::Name) continue;
    Name name;
    name.name = static_cast<const sentinel::Name&>(*assign.target).name;
    name.span = assign.span;
    name.data = false;
    if (assign.op == sentinel::AssignOperator::Set) {
      if (auto data = read_literal(*out.source_, assign.span)) {
        const sentinel::Value* value = (*data)->root->find(name.name);
        name.data = value != nullptr && (*data)->root->size == 1;
        if (name.data) name.value = *value;
        out.owners_.push_back(*data);
      }
    }
    out.names_.push_back(std::move(name));
  }
  return out;
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
  const std::string_view before = source_->text();
  std::string out;
  std::size_t at = 0;
  for (const Name& name : names_) {
    if (!name.changed) continue;
    out += before.substr(at, name.span.begin - at);
    std::string assignment;
    sentinel::append_assignment(assignment, name.name, name.value);
    assignment.pop_back();  // its line end stands in the text already
    out += assignment;
    at = name.span.end;
  }
  out += before.substr(at);
  return out;
}

}  // namespace mock_bundle
