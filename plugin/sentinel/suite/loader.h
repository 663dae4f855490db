// Files → programs and data, each file once per process: a policy, its modules and its mocks are
// shared, read-only, by all cases that use them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plugin/base/diagnostic.h"
#include "plugin/base/file.h"
#include "plugin/base/source.h"
#include "plugin/sentinel/eval/evaluate.h"

namespace sentinel {

/// One file, read and understood, or why not.
struct LoadedFile {
  ProgramPtr program;  // a policy, a module, or a mock that is code
  OwnedValue data;     // a mock that is pure data, or a static file
  bool is_data = false;
  std::vector<base::Diagnostic> errors;  // then neither
  std::uint64_t size = 0;                // bytes of the file
};
using LoadedFilePtr = std::shared_ptr<const LoadedFile>;

/// How a file is named in positions and messages.
using FileNamer = std::function<std::string(const base::Path&)>;

/// Thread-safe. Two threads that ask for one file read it once.
class Loader {
 public:
  /// Data beyond `most_kept` bytes of files is dropped, oldest use first, and read again when it is
  /// asked for again.
  explicit Loader(FileNamer namer, std::uint64_t most_kept = std::uint64_t{512} << 20U);

  LoadedFilePtr policy(const base::Path& path) { return load(path, Form::Code); }
  LoadedFilePtr module(const base::Path& path) { return load(path, Form::Code); }
  LoadedFilePtr mock(const base::Path& path) { return load(path, Form::Mock); }
  /// JSON data.
  LoadedFilePtr static_file(const base::Path& path) { return load(path, Form::Json); }

  /// One of the imports that the JSON of a plan makes: "tfplan/v2", "tfconfig/v2", "tfstate/v2".
  /// `tfconfig/v2` has a function and is a module, the others are data.
  LoadedFilePtr plan(const base::Path& path, std::string_view import);

  /// Drops a file or the files of a folder, if small, where nobody is expected to ask for them
  /// again: what follows then lives in memory that is already there.
  void forget_small(const base::Path& path);

  std::string name(const base::Path& path) const { return namer_(path); }

 private:
  enum class Form : char {
    Code = 'c',
    Mock = 'm',
    Json = 'j',
    Plan = 'p',
    PlanConfiguration = 'k',
    PlanState = 's'
  };
  struct Entry {
    std::mutex reading;
    LoadedFilePtr file;      // written under both mutexes, read under either
    std::uint64_t used = 0;  // the loader's count when it was last asked for
  };

  LoadedFilePtr load(const base::Path& path, Form form);
  LoadedFilePtr read(const base::Path& path, Form form) const;
  void forget_oldest();

  FileNamer namer_;
  std::uint64_t most_kept_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // by path and form
  std::uint64_t uses_ = 0;
  std::uint64_t kept_ = 0;  // bytes
};

}  // namespace sentinel
