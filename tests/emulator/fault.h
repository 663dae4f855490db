// What goes wrong on demand.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/result.h"

namespace emulator {

/// One fault, met by the next `times` requests of `route`.
struct Fault {
  /// "create", "show", "download", "delete", "plan", "run", "runs", "workspace", "workspaces",
  /// "ping", "discovery", "archive", or "*" for all of them but the archive.
  std::string route = "*";

  /// One of kFaultKinds.
  std::string kind;

  int times = 1;      // -1: always
  int percent = 100;  // of the requests that it could meet
  int skip = 0;       // requests that pass before it begins

  int status = 503;                            // of `status`
  std::map<std::string, std::string> headers;  // added to the answer
  std::string body;                            // of `status`, `location`, `state`
  int milliseconds = 0;                        // of `slow`, `stall`
};

struct FaultKind {
  std::string_view name;
  std::string_view help;
};

inline constexpr FaultKind kFaultKinds[] = {
    {"status", "answer `status` with `headers` and `body` (empty, HTML, anything)"},
    {"reset", "reset the connection instead of answering"},
    {"close", "close the connection instead of answering"},
    {"lost", "do what was asked, then close the connection without an answer"},
    {"short", "close after half of the body, although Content-Length names all of it"},
    {"reset-in-body", "reset after half of the body"},
    {"cut-chunk", "a chunked body that ends inside a chunk"},
    {"chunked", "the right body, chunked, without a length"},
    {"long", "bytes after the body's end"},
    {"slow", "the body a byte at a time, one each `milliseconds`"},
    {"slow-header", "the header a byte at a time, one each `milliseconds`"},
    {"stall", "half of the body, then nothing for `milliseconds`"},
    {"garbage", "an answer that is not HTTP"},
    {"gzip", "the right body with Content-Encoding: gzip"},
    {"html", "a login page with status 200"},
    {"cut-archive", "half of the archive, whole as an answer"},
    {"damage", "a byte in the archive's middle changed"},
    {"location", "redirect to `body` instead (download); `{self}` is the request's own URL"},
    {"loop", "redirect to itself"},
    {"state", "an export that ends as `body`: errored, canceled, expired, or an unknown word"},
    {"headers", "the right answer with `headers` added"},
    {"delay", "the right answer after `milliseconds`"},
    {"no-exports", "a plan whose `exports` is null"},
};

/// The faults switched on. Thread-safe.
class Faults {
 public:
  base::Status add(Fault fault);
  void clear();
  /// The fault that meets this request, counted as met.
  std::optional<Fault> take(std::string_view route);

 private:
  std::mutex mutex_;
  std::vector<Fault> faults_;
  std::minstd_rand random_{1};
};

}  // namespace emulator
