// SHA-256, of files and of bytes as they pass: what the lock file records, and checksums of remote
// sources.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace digest {

/// A digest that is fed piece by piece.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void update(std::string_view bytes);
  /// 64 lower-case hex digits. Afterwards the object may only be dropped.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Lower-case hex.
std::string sha256(std::string_view bytes);
base::Result<std::string> sha256_of_file(const base::Path& path);

}  // namespace digest
