// `exec:` a command that fills a folder. It may come from a pull request, so the caller runs it
// only under --allow-exec.
#pragma once

#include <chrono>
#include <vector>

#include "plugin/mock_source/mock_source.h"

namespace mock_source {

struct ExecSettings {
  std::vector<std::string> command;  // not empty; a name without `/` is looked up in PATH
  base::Path working_directory;      // the manifest's folder
  base::Path repository;             // programs on PATH inside it are passed over
  base::Environment environment;     // what the child gets
  std::chrono::milliseconds timeout{600'000};
};

/// The command gets the empty folder as its last argument.
std::unique_ptr<MockSource> make_exec(ExecSettings settings);

}  // namespace mock_source
