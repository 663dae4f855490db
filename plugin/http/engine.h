// The door between those who ask and the libraries that do it. Poco's network libraries and OpenSSL
// cost every start 4 ms, and most commands send nothing: they are a library of their own, which the
// first client loads. Internal to this folder.
#pragma once

#include "plugin/http/http.h"

namespace http {

/// What is behind one `Client`. Thread-safe.
class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  virtual Reply send(const Request& request, const base::CancelToken& cancel) = 0;
};

/// The one symbol of the library, `harness_make_http_engine`. The caller owns what it gives.
using EngineMaker = Engine*(const base::Environment& environment, Verify verify);

/// Loads a library that has it.
base::Result<EngineMaker*> load_engine(const char* library);

}  // namespace http
