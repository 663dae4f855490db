// HCP Terraform on loopback: the API around plan exports with its real states, the archive's own
// origin behind the redirect, the rate limit, and faults on demand.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "tests/emulator/fault.h"
#include "tests/emulator/state.h"

namespace emulator {

struct Options {
  base::Path data;         // DIR/ORG/WORKSPACE/RUN/; empty: nothing but what is added
  std::uint16_t port = 0;  // 0: any
  std::vector<std::string> tokens{"emulator-token"};  // that may do everything
  std::vector<std::string> readers;                   // that may not export
  Timing timing;
  std::size_t limit = 30;            // requests a second; 0: no limit, and no header says one
  std::size_t list_limit = 30;       // run lists a minute; 0: none
  bool archive_on_own_host = false;  // as Terraform Enterprise serves it, relative `Location`
  std::string base = "/api/v2/";     // of the API, as its service discovery says
  std::string certificate;           // PEM files; both servers then speak TLS
  std::string key;
  std::shared_ptr<base::Clock> clock;  // of exports' states; null: the real one
};

/// Stopped by its destructor.
class Emulator {
 public:
  explicit Emulator(Options options);
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  base::Status start();
  void stop();

  std::uint16_t port() const;
  /// "http://127.0.0.1:8080"
  std::string address() const;
  std::string archive_address() const;

  State& state();
  Faults& faults();
  Statistics statistics() const;

 private:
  class Inside;
  std::unique_ptr<Inside> inside_;
};

/// What `/_emulator/statistics` answers.
std::string to_json(const Statistics& statistics);

}  // namespace emulator
