#include "tests/end_to_end/repository.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugin/base/file.h"

namespace end_to_end {
namespace {

const base::Path kHarness = base::Path(HARNESS_BINARY_DIR) / "bin/harness";

std::string text_of(simdjson::dom::element parent, const char* key) {
  std::string_view text;
  return parent[key].get(text) ? std::string() : std::string(text);
}

simdjson::dom::element parsed(simdjson::dom::parser& parser, const std::string& json) {
  simdjson::dom::element out;
  if (parser.parse(json).get(out)) {
    ADD_FAILURE() << "no JSON: " << json;
    out = parser.parse(std::string_view("{}")).value();
  }
  return out;
}

}  // namespace

const std::string_view kMock = R"(resource_changes = {
	"aws_security_group.web": {
		"address": "aws_security_group.web",
		"change": {
			"actions": [
				"create",
			],
			"after": {
				"cidr_blocks": [
					"0.0.0.0/0",
				],
			},
		},
		"type": "aws_security_group",
	},
}
)";

const std::string_view kPolicy = R"(import "tfplan/v2" as tfplan

main = rule {
	all tfplan.resource_changes as _, rc { rc.change.after.cidr_blocks not contains "0.0.0.0/0" }
}
)";

Running::Running(int pid, base::Path out, base::Path err)
    : pid_(pid), out_(std::move(out)), err_(std::move(err)) {}

Running::Running(Running&& other) noexcept
    : pid_(other.pid_), out_(std::move(other.out_)), err_(std::move(other.err_)) {
  other.pid_ = 0;
}

Running::~Running() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

void Running::send(int signal) const {
  ::kill(pid_, signal);
}

std::string Running::output(bool err) const {
  const auto text = base::read_file(err ? err_ : out_);
  return text ? *text : "";
}

void Running::wait_until(const std::function<bool(const std::string&)>& enough, bool err) const {
  const auto started = std::chrono::steady_clock::now();
  while (!enough(output(err)) &&
         std::chrono::steady_clock::now() - started < std::chrono::minutes(1))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

base::ChildOutcome Running::wait() {
  base::ChildOutcome out;
  int status = 0;
  const auto started = std::chrono::steady_clock::now();
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() - started > std::chrono::minutes(1)) {
      ::kill(pid_, SIGKILL);
      out.timed_out = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = 0;
  if (WIFEXITED(status)) out.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) out.signal = WTERMSIG(status);
  out.out = base::read_file(out_) ? *base::read_file(out_) : "";
  out.err = base::read_file(err_) ? *base::read_file(err_) : "";
  return out;
}

Repository::Repository() {
  std::string pattern = testing::TempDir() + "end-to-end-XXXXXX";
  root_ = ::mkdtemp(pattern.data());
  path_ = root_ / "repository";
  std::filesystem::create_directories(path_ / ".git");
  std::filesystem::create_directories(root_ / "home");
  std::filesystem::create_directories(root_ / "bin");
  environment_ = {{"PATH", (root_ / "bin").string() + ":/usr/bin:/bin"},
                  {"HOME", (root_ / "home").string()},
                  {"LANG", "C.UTF-8"}};
}

Repository::~Repository() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

base::Path Repository::outside(const std::string& name) const {
  std::filesystem::create_directories(root_ / name);
  return root_ / name;
}

void Repository::write(const std::string& file, std::string_view text) const {
  std::filesystem::create_directories((path_ / file).parent_path());
  std::ofstream(path_ / file, std::ios::binary) << text;
}

std::string Repository::read(const std::string& file) const {
  const auto text = base::read_file(path_ / file);
  EXPECT_TRUE(text) << file;
  return text ? *text : "";
}

bool Repository::has(const std::string& file) const {
  return std::filesystem::exists(path_ / file);
}

bool Repository::is_tidy() const {
  std::error_code error;
  const base::Path staging = path_ / ".harness/staging";
  return !std::filesystem::exists(staging) || std::filesystem::is_empty(staging, error);
}

void Repository::use_sentinel(const base::Path& program) {
  std::filesystem::create_symlink(program, root_ / "bin/sentinel");
}

base::ChildOutcome Repository::harness(std::vector<std::string> arguments) const {
  const auto out = base::run_child({.program = kHarness,
                                    .arguments = std::move(arguments),
                                    .environment = environment_,
                                    .working_directory = path_,
                                    .timeout = std::chrono::minutes(2)},
                                   base::CancelToken());
  EXPECT_TRUE(out) << to_text(out.error());
  if (!out) return {};
  EXPECT_FALSE(out->timed_out);
  EXPECT_EQ(out->signal, 0) << out->err;
  return *out;
}

Running Repository::start(std::vector<std::string> arguments) const {
  static int count = 0;
  const base::Path out = root_ / ("out-" + std::to_string(++count));
  const base::Path err = root_ / ("err-" + std::to_string(count));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_addchdir_np(&actions, path_.c_str());
  std::vector<std::string> words{kHarness.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> settings;
  for (const auto& [name, value] : environment_)
    settings.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (std::string& setting : settings)
    envp.push_back(setting.data());
  envp.push_back(nullptr);
  pid_t pid = 0;
  EXPECT_EQ(::posix_spawn(&pid, kHarness.c_str(), &actions, nullptr, argv.data(), envp.data()), 0);
  ::posix_spawn_file_actions_destroy(&actions);
  return {pid, out, err};
}

std::vector<std::string> problems_of(const std::string& json) {
  simdjson::dom::parser parser;
  std::vector<std::string> out;
  simdjson::dom::array cases;
  if (parsed(parser, json)["cases"].get(cases)) return out;
  for (const simdjson::dom::element one : cases) {
    simdjson::dom::element problem;
    out.push_back(one["problem"].get(problem)
                      ? "-"
                      : text_of(problem, "what") + ": " + text_of(problem, "why"));
  }
  return out;
}

std::vector<std::string> verdicts_of(const std::string& json) {
  simdjson::dom::parser parser;
  std::vector<std::string> out;
  simdjson::dom::array cases;
  if (parsed(parser, json)["cases"].get(cases)) return out;
  for (const simdjson::dom::element one : cases)
    out.push_back(text_of(one, "name") + " " + text_of(one, "verdict"));
  return out;
}

std::string skip_reason_of(const std::string& json, std::size_t place) {
  simdjson::dom::parser parser;
  simdjson::dom::element one;
  if (parsed(parser, json)["cases"].at(place).get(one)) return "(no such case)";
  return text_of(one, "skip_reason");
}

int exit_code_of(const std::string& json) {
  simdjson::dom::parser parser;
  std::int64_t code = -1;
  EXPECT_FALSE(parsed(parser, json)["exit_code"].get(code));
  return static_cast<int>(code);
}

}  // namespace end_to_end
