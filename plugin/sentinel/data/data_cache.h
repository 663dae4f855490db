// Mock files that many cases name are read once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/data/frozen_data.h"

namespace sentinel {

/// A file as this process has read it.
struct ReadMock {
  base::SourcePtr source;
  FrozenDataPtr data;  // null: not pure data; parse `source` as a module
};

/// Keeps what it has read for as long as it lives, under the file's real path; a file whose size or
/// time has changed is read again. Thread-safe: of two threads that want one file, one reads it and
/// the other waits.
class DataCache {
 public:
  /// Errors are not kept. `name`: what the file is called in messages; the first caller's stays.
  base::Result<ReadMock> read(const base::Path& path, const std::string& name);

 private:
  struct Slot {
    std::mutex mutex;
    std::optional<ReadMock> mock;
    std::uintmax_t size = 0;
    std::int64_t changed = 0;
  };

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Slot>, std::less<>> slots_;
};

}  // namespace sentinel
