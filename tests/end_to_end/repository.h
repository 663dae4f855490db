// A policy repository in a temporary folder, and the harness run in it as a user would.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/child.h"
#include "plugin/base/system.h"

namespace end_to_end {

/// A process that goes on while the test does something else.
class Running {
 public:
  Running(int pid, base::Path out, base::Path err);
  Running(Running&& other) noexcept;
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  void send(int signal) const;
  /// What it has written by now: standard output, or standard error.
  std::string output(bool err) const;
  /// Returns when `enough` holds of its output; at the latest after a minute.
  void wait_until(const std::function<bool(const std::string&)>& enough, bool err) const;
  /// Waits for its end; killed after a minute.
  base::ChildOutcome wait();

 private:
  int pid_;
  base::Path out_, err_;
};

class Repository {
 public:
  Repository();
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;
  ~Repository();

  const base::Path& path() const { return path_; }
  /// An empty folder outside the repository.
  base::Path outside(const std::string& name) const;

  void write(const std::string& file, std::string_view text) const;
  std::string read(const std::string& file) const;
  bool has(const std::string& file) const;
  /// Whether `.harness/staging` or a half-written fixture was left behind.
  bool is_tidy() const;

  /// Puts `program` on PATH as `sentinel`.
  void use_sentinel(const base::Path& program);
  void set(const std::string& variable, const std::string& value) {
    environment_[variable] = value;
  }
  void unset(const std::string& variable) { environment_.erase(variable); }

  base::ChildOutcome harness(std::vector<std::string> arguments) const;
  Running start(std::vector<std::string> arguments) const;

 private:
  base::Path root_;
  base::Path path_;
  base::Environment environment_;
};

/// `what: why` of every problem that the JSON report has for a case, in order; "-" for one without.
std::vector<std::string> problems_of(const std::string& json);
/// `NAME VERDICT` of every case.
std::vector<std::string> verdicts_of(const std::string& json);
/// Why the case at `place` (from 0) was skipped; empty: it was not.
std::string skip_reason_of(const std::string& json, std::size_t place);
int exit_code_of(const std::string& json);

/// A security group open to the world, as `mock-tfplan-v2.sentinel`.
extern const std::string_view kMock;
/// A policy that forbids it.
extern const std::string_view kPolicy;

}  // namespace end_to_end
