#include "plugin/sentinel/import/table.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

const std::filesystem::path kSource = HARNESS_SOURCE_DIR;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// All tests of this folder, as one text.
std::string tests() {
  std::string all;
  for (const auto& entry :
       std::filesystem::directory_iterator(kSource / "tests/plugin/sentinel/import")) {
    if (entry.path().string().ends_with("_test.cpp")) all += read(entry.path());
  }
  return all;
}

std::string short_name(const ImportRow& import) {
  return std::string(import.name.substr(import.name.find('/') + 1));
}

TEST(ImportTable, IsSortedAndFound) {
  std::string_view before;
  for (const ImportRow* import : imports()) {
    EXPECT_LT(before, import->name);
    EXPECT_EQ(find_import(import->name), import);
    before = import->name;
  }
  EXPECT_EQ(find_import("rand"), nullptr);
  EXPECT_EQ(find_import(""), nullptr);
}

void expect_complete(std::span<const FunctionRow> rows, const std::string& owner) {
  std::set<std::string_view> names;
  for (const FunctionRow& row : rows) {
    SCOPED_TRACE(owner + "." + std::string(row.name));
    EXPECT_TRUE(names.insert(row.name).second) << "twice in the table";
    EXPECT_FALSE(row.help.empty());
    EXPECT_NE(row.run, nullptr);
    EXPECT_TRUE(row.most == kMany || (row.least <= row.most && row.most <= row.takes.size()));
    for (std::size_t i = 0; i < std::min<std::size_t>(row.most, row.takes.size()); ++i)
      EXPECT_NE(row.takes.at(i), 0) << "argument " << i + 1 << " takes nothing";
  }
}

TEST(ImportTable, RowsAreComplete) {
  for (const ImportRow* import : imports()) {
    EXPECT_FALSE(import->help.empty()) << import->name;
    EXPECT_TRUE(!import->functions.empty() || import->member != nullptr) << import->name;
    expect_complete(import->functions, std::string(import->name));
  }
  for (const TypeRow& row : import_types())
    expect_complete(row.type->methods, std::string(row.type->name));
}

TEST(ImportTable, EveryRowIsTested) {
  const std::string text = tests();
  for (const ImportRow* import : imports()) {
    for (const FunctionRow& row : import->functions) {
      const std::string call = short_name(*import) + "." + std::string(row.name) + "(";
      EXPECT_NE(text.find(call), std::string::npos) << "no test calls " << call << ")";
    }
  }
  for (const TypeRow& made : import_types()) {
    for (const FunctionRow& row : made.type->methods) {
      const std::string call = "." + std::string(row.name) + "(";
      EXPECT_NE(text.find(call), std::string::npos) << "no test calls " << call << ")";
    }
  }
}

TEST(ImportTable, EveryMemberIsThere) {
  FakeMachine machine;
  const std::map<std::string_view, std::string> made{
      {"decimal object", "decimal.new(1.5)"},
      {"client object", "http.client"},
      {"request object", R"(http.request("https://example.com"))"},
      {"timespace object", "time.now"},
      {"version object", R"(version.new("1.2.3"))"},
  };
  for (const MemberRow& member : import_members()) {
    // A response needs a server: http_test.cpp.
    if (member.owner == "response object") continue;
    const auto object = made.find(member.owner);
    const std::string text = (object == made.end() ? std::string(member.owner) : object->second) +
                             "." + std::string(member.name);
    EXPECT_NE(machine.evaluate(text), "undefined") << text;
  }
}

std::string sentence(std::string_view help) {
  std::string out(help);
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out + ".";
}

void append_signature(std::string& out, const std::string& owner, const FunctionRow& row) {
  out += "| `" + owner + std::string(row.name) + "` | ";
  if (row.most == kMany) {
    out += std::to_string(row.least) + " or more";
  } else if (row.least == row.most) {
    out += std::to_string(row.least);
  } else {
    out += std::to_string(row.least) + " to " + std::to_string(row.most);
  }
  out += " | " + std::string(row.help) + " |\n";
}

/// The reference page is made of the rows; `tests/run --accept` rewrites it.
TEST(ImportTable, ReferencePageIsUpToDate) {
  std::string out =
      "# Standard imports\n\n"
      "What the standard imports of the built-in runtime offer. This page is made from their\n"
      "tables (`plugin/sentinel/import/`) and a test holds it to them. HashiCorp's documentation\n"
      "describes each at length; where the two differ it is a bug.\n\n"
      "An undefined argument makes the result undefined, an argument of another type and a wrong\n"
      "number of arguments are errors, unless the text says otherwise. Functions of policies that\n"
      "are given to an import may leave out their last parameters.\n";
  for (const ImportRow* import : imports()) {
    const std::string name = short_name(*import);
    out += "\n## " + std::string(import->name) + "\n\n" + sentence(import->help) + "\n";
    if (!import->functions.empty()) {
      out += "\n| function | arguments | result |\n|---|---|---|\n";
      for (const FunctionRow& row : import->functions)
        append_signature(out, name + ".", row);
    }
    const auto members = [&](const std::string& owner, const std::string& prefix) {
      bool head = false;
      for (const MemberRow& member : import_members()) {
        if (member.owner != owner) continue;
        if (!head) out += "\n| member | value |\n|---|---|\n";
        head = true;
        out +=
            "| `" + prefix + std::string(member.name) + "` | " + std::string(member.help) + " |\n";
      }
    };
    members(name, name + ".");
    for (const auto& [owner, type] : import_types()) {
      if (owner != import->name) continue;
      out += "\n### A " + std::string(type->name) + "\n";
      if (!type->methods.empty()) {
        out += "\n| method | arguments | result |\n|---|---|---|\n";
        for (const FunctionRow& row : type->methods)
          append_signature(out, ".", row);
      }
      members(std::string(type->name) + " object", ".");
    }
  }
  const std::filesystem::path page = kSource / "docs/reference/imports.md";
  if (std::getenv("HARNESS_ACCEPT") != nullptr) {
    std::filesystem::create_directories(page.parent_path());
    std::ofstream(page, std::ios::binary) << out;
  }
  EXPECT_EQ(read(page), out) << "accept with tests/run --accept";
}

}  // namespace
}  // namespace sentinel
