// Reads every folder's CMakeLists.txt and every #include, and holds one against the other: a file
// may include what its own target, or a target that it USES (directly or through others), holds.
// The arrows between the layers point one way, and there is no cycle.

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

struct Target {
  fs::path folder;
  std::set<std::string> uses;
  bool is_test = false;
};

const fs::path kRoot = HARNESS_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string without_comments(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    out += line.substr(0, line.find('#')) + "\n";
  return out;
}

/// The calls of harness_library, harness_module, harness_program, harness_test, harness_fuzz in one
/// CMakeLists.txt.
void collect(const fs::path& file, std::map<std::string, Target>& targets) {
  const std::string text = without_comments(read(file));
  for (const std::string function : {"harness_library(", "harness_module(", "harness_program(",
                                     "harness_test(", "harness_fuzz("}) {
    for (std::size_t at = text.find(function); at != std::string::npos;
         at = text.find(function, at + 1)) {
      const std::size_t begin = at + function.size();
      std::istringstream words(text.substr(begin, text.find(')', begin) - begin));
      std::string name, word, section;
      words >> name;
      Target target;
      target.folder = file.parent_path();
      target.is_test = function == "harness_test(" || function == "harness_fuzz(";
      while (words >> word) {
        if (word == "SOURCES" || word == "USES" || word == "LINKS" || word == "LABELS") {
          section = word;
        } else if (section == "USES") {
          target.uses.insert(word);
        }
      }
      targets[name] = target;
    }
  }
}

std::map<std::string, Target> all_targets() {
  std::map<std::string, Target> targets;
  for (const char* top : {"plugin", "harness", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
      if (entry.path().filename() == "CMakeLists.txt") collect(entry.path(), targets);
    }
  }
  return targets;
}

/// `name` and all that it uses, directly or through others.
std::set<std::string> reach(const std::map<std::string, Target>& targets, const std::string& name) {
  std::set<std::string> seen;
  const std::function<void(const std::string&)> visit = [&](const std::string& at) {
    if (!targets.contains(at) || !seen.insert(at).second) return;
    for (const std::string& next : targets.at(at).uses)
      visit(next);
  };
  visit(name);
  return seen;
}

/// Quoted includes of a file, as written: "plugin/base/file.h".
std::vector<std::string> includes(const fs::path& file) {
  std::vector<std::string> out;
  std::istringstream lines(read(file));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("#include \"")) continue;
    out.push_back(line.substr(10, line.find('"', 10) - 10));
  }
  return out;
}

bool is_source(const fs::path& path) {
  return path.extension() == ".cpp" || path.extension() == ".h";
}

/// Lower may be used by higher, never the other way round.
int level(const fs::path& folder) {
  const std::string path = folder.lexically_relative(kRoot).generic_string();
  const std::vector<std::string> order = {
      "plugin/base",        "plugin/digest",         "plugin/http",
      "plugin/sentinel",    "plugin/terraform_api",  "plugin/mock_bundle",
      "plugin/mock_source", "plugin/policy_runtime", "harness"};
  int found = static_cast<int>(order.size());  // tests: on top of everything
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (path == order[i] || path.starts_with(order[i] + "/")) found = static_cast<int>(i);
  }
  // Neither knows the other: they stand on one level.
  if (path.starts_with("plugin/policy_runtime")) found = level(kRoot / "plugin/mock_source");
  return found;
}

bool below(const fs::path& folder, const char* top) {
  return folder.lexically_relative(kRoot / top).generic_string().substr(0, 2) != "..";
}

TEST(Layering, EveryIncludeIsOfATargetThatIsUsed) {
  const auto targets = all_targets();
  ASSERT_GT(targets.size(), 20U);
  for (const auto& [name, target] : targets) {
    std::set<fs::path> allowed;
    for (const std::string& used : reach(targets, name))
      allowed.insert(targets.at(used).folder);
    // Several targets may share a folder (tests/fuzz): their includes are checked together.
    for (const auto& [other, its] : targets) {
      if (its.folder != target.folder) continue;
      for (const std::string& used : reach(targets, other))
        allowed.insert(targets.at(used).folder);
    }
    for (const auto& entry : fs::directory_iterator(target.folder)) {
      if (!is_source(entry.path())) continue;
      for (const std::string& include : includes(entry.path())) {
        EXPECT_TRUE(fs::exists(kRoot / include))
            << entry.path() << " includes " << include << ": write includes from the root";
        const fs::path folder = (kRoot / include).parent_path();
        // Tests may share what stands in other tests' folders: golden files, temporary
        // repositories.
        if (below(target.folder, "tests") && below(folder, "tests")) continue;
        EXPECT_TRUE(allowed.contains(folder)) << entry.path() << " includes " << include
                                              << ", which no target that " << name << " USES holds";
      }
    }
  }
}

TEST(Layering, ArrowsPointDown) {
  const auto targets = all_targets();
  for (const auto& [name, target] : targets) {
    for (const std::string& used : target.uses) {
      ASSERT_TRUE(targets.contains(used)) << name << " USES " << used << ", which nothing defines";
      EXPECT_LE(level(targets.at(used).folder), level(target.folder)) << name << " USES " << used;
      EXPECT_FALSE(reach(targets, used).contains(name))
          << name << " and " << used << " use each other";
    }
  }
}

TEST(Layering, ASourceKnowsNoRuntimeAndAReportKnowsNoSource) {
  const auto targets = all_targets();
  for (const auto& [name, target] : targets) {
    for (const std::string& used : reach(targets, name)) {
      const fs::path folder = targets.at(used).folder;
      if (below(target.folder, "plugin/mock_source")) {
        EXPECT_FALSE(below(folder, "plugin/policy_runtime")) << name << " USES " << used;
      }
      if (below(target.folder, "plugin/policy_runtime")) {
        EXPECT_FALSE(below(folder, "plugin/mock_source")) << name << " USES " << used;
      }
      if (below(target.folder, "harness/report")) {
        EXPECT_FALSE(below(folder, "plugin/mock_source")) << name << " USES " << used;
      }
      if (below(target.folder, "plugin/sentinel")) {
        EXPECT_FALSE(below(folder, "plugin/terraform_api") || below(folder, "plugin/mock_bundle"))
            << name << " USES " << used;
      }
    }
  }
}

TEST(Layering, OnlyTheListedFoldersStandAtTheTop) {
  const std::set<std::string> allowed = {"CMakeLists.txt", "plugin", "harness",  "policies-example",
                                         "tests",          "docs",   "README.md"};
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || name.starts_with("build")) continue;
    EXPECT_TRUE(allowed.contains(name)) << name;
  }
}

TEST(Layering, OnlyOneFileIncludesTheSlowestHeader) {
  int count = 0;
  for (const char* top : {"plugin", "harness"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
      if (!is_source(entry.path())) continue;
      if (read(entry.path()).find("#include <CLI/CLI.hpp>") == std::string::npos) continue;
      ++count;
    }
  }
  EXPECT_LE(count, 1) << "CLI11 costs seconds to compile";
}

}  // namespace
