// hcp-emulator: HCP Terraform on loopback, for trying the harness without an account.
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <signal.h>

#include "plugin/base/file.h"
#include "tests/emulator/emulator.h"

namespace {

constexpr const char* kFooter = R"(
The data folder holds DIR/ORGANIZATION/WORKSPACE/RUN/: RUN begins with "run-" and holds a bundle as
the service exports it, flat: mock-*.sentinel and sentinel.hcl. Its plan's id is the run's with
"plan-" for "run-". An optional RUN/run.json sets, each with its default:
  {"status": "applied", "plan-status": "finished", "plan-id": "plan-…", "created-at": "2026-…Z",
   "message": "…", "plan-only": false, "is-exportable": true, "can-export": true}
and an optional WORKSPACE/workspace.json {"execution-mode": "remote"}. Without created-at, a run is
a day older than the one before it in the order of names.

What it has seen:   curl ADDRESS/_emulator/statistics
Something breaks:   curl -d '{"route": "create", "kind": "lost"}' ADDRESS/_emulator/faults
                    (times, percent, skip, status, headers, body, milliseconds; DELETE clears)
Routes: create show download delete plan run runs workspace workspaces ping discovery archive *
Faults:
)";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("HCP Terraform's API around plan exports, on loopback.", "hcp-emulator");
  emulator::Options options;
  std::string data, port_file;
  std::vector<std::string> tokens;
  int pending = 200, queued = 800, lifetime = 3600;
  app.add_option("--data", data, "folder of organizations, workspaces and runs")->required();
  app.add_option("--port", options.port, "port of the API; 0 picks a free one")
      ->capture_default_str();
  app.add_option("--port-file", port_file, "write the port to this file once it listens");
  app.add_option("--token", tokens, "a token that may do everything (default: emulator-token)")
      ->allow_extra_args(false);
  app.add_option("--reader-token", options.readers, "a token that may read and not export")
      ->allow_extra_args(false);
  app.add_option("--pending", pending, "milliseconds until an export is queued")
      ->capture_default_str();
  app.add_option("--queued", queued, "milliseconds from there until it is finished")
      ->capture_default_str();
  app.add_option("--lifetime", lifetime, "seconds until a finished export expires")
      ->capture_default_str();
  app.add_option("--limit", options.limit, "requests a second; 0: no limit")->capture_default_str();
  app.add_option("--list-limit", options.list_limit, "run lists a minute; 0: no limit")
      ->capture_default_str();
  app.add_flag("--archive-on-own-host", options.archive_on_own_host,
               "serve archives as Terraform Enterprise does, from the API's own host");
  app.add_option("--certificate", options.certificate, "PEM file; both origins then speak TLS");
  app.add_option("--key", options.key, "the certificate's PEM file of the key");
  std::string footer = kFooter;
  for (const emulator::FaultKind& kind : emulator::kFaultKinds) {
    footer += "  " + std::string(kind.name) + std::string(15 - kind.name.size(), ' ') +
              std::string(kind.help) + "\n";
  }
  app.footer(footer);
  CLI11_PARSE(app, argc, argv);

  options.data = data;
  if (!tokens.empty()) options.tokens = tokens;
  options.timing.pending = std::chrono::milliseconds(pending);
  options.timing.queued = std::chrono::milliseconds(queued);
  options.timing.lifetime = std::chrono::seconds(lifetime);

  // Blocked before the servers' threads begin, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  emulator::Emulator server(options);
  if (auto status = server.start(); !status) {
    std::fputs(("hcp-emulator: " + base::to_text(status.error())).c_str(), stderr);
    return 1;
  }
  std::printf("listening on %s, archives on %s\n", server.address().c_str(),
              server.archive_address().c_str());
  std::fflush(stdout);
  if (!port_file.empty()) {
    if (auto status = base::write_file(port_file, std::to_string(server.port()) + "\n"); !status) {
      std::fputs(("hcp-emulator: " + base::to_text(status.error())).c_str(), stderr);
      return 1;
    }
  }
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  return 0;
}
