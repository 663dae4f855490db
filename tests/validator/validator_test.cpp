// Every sample report, the hostile one included, through what its consumer reads it with; and a
// damaged one, which has to be refused: a validator that accepts everything is none.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <gtest/gtest.h>

#include "harness/report/table.h"
#include "plugin/base/cancel.h"
#include "plugin/base/child.h"
#include "plugin/base/file.h"
#include "tests/harness/report/sample.h"
#include "tests/temporary_folder.h"

namespace harness {
namespace {

constexpr int kNotInstalled = 3;  // of validate.mjs and page.mjs

struct Consumer {
  std::string_view format;
  std::string_view schema;   // for xmllint; else the npm packages read it
  std::string_view damaged;  // the sample with the first of these words taken out is refused
  bool browser = false;      // opened in Chromium
};

constexpr Consumer kConsumers[] = {
    {"json", "", "\"name\""},
    {"jsonl", "", "\"verdict\""},
    {"junit", "junit.xsd", " classname=\"policies/restrict-ssh.sentinel\""},
    {"junit-strict", "junit-strict.xsd", " classname=\"policies/restrict-ssh.sentinel\""},
    {"tap", "", "1..2"},
    {"tap13", "", "1..8"},
    {"sarif", "", "\"driver\""},
    {"github", "", "::error"},
    {"gitlab", "", "\"fingerprint\""},
    {"azure", "", "##vso["},
    {"markdown", "", "</details>"},
    {"lcov", "", "end_of_record"},
    {"cobertura", "cobertura.xsd", " hits=\"0\""},
    {"html", "", "default-src 'none'; "},
    {"html", "", "<style>", true},
};

/// Nothing: its program is not there.
std::optional<base::ChildOutcome> read_by_consumer(const Consumer& consumer,
                                                   const std::vector<base::Path>& files) {
  base::System system = base::real_system();
  // Where `tests/run` has put the npm packages.
  system.environment.emplace("HARNESS_VALIDATORS",
                             (base::Path(HARNESS_BINARY_DIR) / "validator").string());
  const base::Path here = base::Path(HARNESS_SOURCE_DIR) / "tests/validator";
  const bool xml = !consumer.schema.empty();
  const auto program = base::find_program(xml ? "xmllint" : "node", system.environment, here);
  if (!program) return std::nullopt;
  std::vector<std::string> arguments;
  if (xml)
    arguments = {"--nonet", "--huge", "--noout", "--schema", here / consumer.schema};
  else if (consumer.browser)
    arguments = {here / "page.mjs"};
  else
    arguments = {here / "validate.mjs", std::string(consumer.format)};
  for (const base::Path& file : files)
    arguments.push_back(file.string());
  const base::CancelToken never;
  auto run = base::run_child({.program = *program,
                              .arguments = arguments,
                              .environment = system.environment,
                              .working_directory = files.front().parent_path(),
                              .timeout = std::chrono::minutes(4)},
                             never);
  if (!run) {
    ADD_FAILURE() << base::to_text(run.error());
    return std::nullopt;
  }
  if (!xml && run->exit_code == kNotInstalled) {
    std::cout << run->out;
    return std::nullopt;
  }
  return std::move(*run);
}

class Validator : public testing::TestWithParam<Consumer> {};

TEST_P(Validator, AcceptsEverySample) {
  const Consumer& consumer = GetParam();
  const FormatRow* format = find_format(consumer.format);
  ASSERT_NE(format, nullptr);
  const temporary::Folder folder;
  std::vector<base::Path> files;
  const auto add = [&](const std::string& name, const std::string& text) {
    files.push_back(folder.path() / (name + "." + std::string(consumer.format)));
    ASSERT_TRUE(base::write_file(files.back(), text));
  };
  add("sample", format->render(sample_run()));
  add("hostile", format->render(hostile_run()));
  add("empty", format->render(empty_run()));
  add("stopped", format->render(stopped_run()));
  add("covered", format->render(covered_run()));
  add("large", format->render(large_run(5'000)));
  const auto good = read_by_consumer(consumer, files);
  if (!good)
    GTEST_SKIP() << "what reads " << consumer.format << " is not installed: tests/run does it";
  EXPECT_EQ(good->exit_code, 0) << good->out << good->err;
  EXPECT_FALSE(good->timed_out);

  files.clear();
  std::string text = format->render(covered_run());
  const std::size_t at = text.find(consumer.damaged);
  ASSERT_NE(at, std::string::npos) << consumer.damaged;
  add("damaged", text.erase(at, consumer.damaged.size()));
  const auto bad = read_by_consumer(consumer, files);
  ASSERT_TRUE(bad);
  EXPECT_NE(bad->exit_code, 0);
}

std::string test_name(const testing::TestParamInfo<Consumer>& consumer) {
  std::string out = std::string(consumer.param.format) + (consumer.param.browser ? "_page" : "");
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

INSTANTIATE_TEST_SUITE_P(Consumers, Validator, testing::ValuesIn(kConsumers), test_name);

TEST(Validators, ThereIsOneForEveryFormat) {
  for (const FormatRow& row : formats()) {
    if (row.render == nullptr) continue;
    EXPECT_TRUE(std::any_of(std::begin(kConsumers), std::end(kConsumers),
                            [&row](const Consumer& one) { return one.format == row.name; }))
        << row.name;
  }
}

}  // namespace
}  // namespace harness
