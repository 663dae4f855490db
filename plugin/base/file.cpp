#include "plugin/base/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace base {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

Diagnostic failed(std::string_view doing, const Path& path, std::string why) {
  Diagnostic out;
  out.what = "cannot " + std::string(doing) + " `" + path.string() + "`";
  out.why = std::move(why);
  return out;
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int value() const { return value_; }
  /// Closes now; 0 or the error number (a full disk may show only here).
  int close() { return ::close(std::exchange(value_, -1)) == 0 ? 0 : errno; }

 private:
  int value_;
};

/// Makes a rename in `folder` last through a crash of the machine. Best effort: some file systems
/// cannot sync a folder.
void sync_folder(const Path& folder) {
  const Descriptor descriptor(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.value() >= 0) ::fsync(descriptor.value());
}

}  // namespace

namespace {

/// Memory that is not yet touched costs a fault a page; of large pages there are few.
void use_huge_pages(char* memory, std::size_t size) {
  constexpr std::uintptr_t kHugePage = std::uintptr_t{2} << 20U;
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (begin + kHugePage - 1) & ~(kHugePage - 1);
  const std::uintptr_t last = (begin + size) & ~(kHugePage - 1);
#ifdef MADV_HUGEPAGE
  if (first < last) ::madvise(memory + (first - begin), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace

Result<std::string> read_file(const Path& path, std::uint64_t most) {
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (descriptor.value() < 0) return failed("read", path, reason(errno));
  struct stat about {};
  if (::fstat(descriptor.value(), &about) != 0) return failed("read", path, reason(errno));
  if (S_ISDIR(about.st_mode)) return failed("read", path, "it is a folder");
  if (!S_ISREG(about.st_mode)) return failed("read", path, "it is not a regular file");
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (size > most) {
    return failed("read", path,
                  "it has " + std::to_string(size) + " bytes, more than " + std::to_string(most));
  }
  std::string text;
  text.reserve(static_cast<std::size_t>(size));
  use_huge_pages(text.data(), text.capacity());
  text.resize(static_cast<std::size_t>(size));
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t got = ::read(descriptor.value(), text.data() + at, text.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path, reason(errno));
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  text.resize(at);
  return text;
}

Status write_file(const Path& path, std::string_view text) {
  const Path folder = path.parent_path();
  if (!folder.empty()) {
    if (Status made = make_folders(folder); !made) return made;
  }
  std::string staged = (folder / (".harness-" + path.filename().string() + ".XXXXXX")).string();
  Descriptor descriptor(::mkostemp(staged.data(), O_CLOEXEC));
  if (descriptor.value() < 0) return failed("write", path, reason(errno));
  int error = 0;
  std::size_t at = 0;
  while (at < text.size() && error == 0) {
    const ssize_t put = ::write(descriptor.value(), text.data() + at, text.size() - at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) error = errno;
    if (put >= 0) at += static_cast<std::size_t>(put);
  }
  if (error == 0 && ::fchmod(descriptor.value(), 0644) != 0) error = errno;
  if (error == 0 && ::fsync(descriptor.value()) != 0) error = errno;
  if (const int closing = descriptor.close(); error == 0) error = closing;
  if (error == 0 && std::rename(staged.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(staged.c_str());
    return failed("write", path, reason(error));
  }
  sync_folder(folder);
  return {};
}

Status make_folders(const Path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return failed("make folder", path, error.message());
  return {};
}

Status remove_tree(const Path& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return failed("remove", path, error.message());
  return {};
}

Result<Path> make_staging_folder(const Path& parent, std::string_view prefix) {
  if (Status made = make_folders(parent); !made) return std::move(made.error());
  std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    return failed("make a folder in", parent, reason(errno));
  }
  ::chmod(name.c_str(), 0755);  // mkdtemp's 0700 would stay on a fixture that others have to read
  return Path(name);
}

Status replace_folder(const Path& staged, const Path& target) {
  std::error_code error;
  if (std::filesystem::symlink_status(target, error).type() ==
      std::filesystem::file_type::not_found) {
    if (std::rename(staged.c_str(), target.c_str()) != 0) {
      return failed("replace", target, reason(errno));
    }
    sync_folder(target.parent_path());
    return {};
  }
  // The exchange is one step for every reader, also when this process is killed right behind it.
  if (::syscall(SYS_renameat2, AT_FDCWD, staged.c_str(), AT_FDCWD, target.c_str(),
                RENAME_EXCHANGE) != 0) {
    if (errno != EINVAL && errno != ENOSYS) return failed("replace", target, reason(errno));
    // This file system cannot exchange (some network ones): two renames, the old one kept until the
    // new one stands.
    const Path old = staged.string() + ".old";
    if (std::rename(target.c_str(), old.c_str()) != 0) {
      return failed("replace", target, reason(errno));
    }
    if (std::rename(staged.c_str(), target.c_str()) != 0) {
      const int why = errno;
      if (std::rename(old.c_str(), target.c_str()) != 0) {
        return failed("restore", target,
                      reason(errno) + "; its content is in `" + old.string() + "`");
      }
      return failed("replace", target, reason(why));
    }
    sync_folder(target.parent_path());
    return remove_tree(old);
  }
  sync_folder(target.parent_path());
  return remove_tree(staged);
}

Result<Path> resolve_inside(const Path& root, const Path& from, const Path& path) {
  std::error_code error;
  const Path wanted = path.is_absolute() ? path : from / path;
  const Path real_root = std::filesystem::weakly_canonical(root, error);
  if (error) return failed("resolve", root, error.message());
  const Path real = std::filesystem::weakly_canonical(wanted, error);
  if (error) return failed("resolve", path, error.message());
  const auto [root_end, ignored] =
      std::mismatch(real_root.begin(), real_root.end(), real.begin(), real.end());
  // A root written with a trailing slash ends in an empty part.
  if (root_end != real_root.end() && !root_end->empty()) {
    Diagnostic out;
    out.what = "`" + path.string() + "` leads out of the repository";
    out.why =
        "it resolves to `" + real.string() + "`, which is not below `" + real_root.string() + "`";
    out.advice = "keep the file in the repository, or pass --allow-outside";
    return out;
  }
  return real;
}

std::string display_path(const Path& path, const Path& root) {
  const Path relative = path.lexically_normal().lexically_relative(root.lexically_normal());
  if (relative.empty() || *relative.begin() == "..") return path.generic_string();
  return relative.generic_string();
}

Path repository_root(const Path& folder) {
  std::error_code error;
  for (Path at = folder; !at.empty(); at = at.parent_path()) {
    if (std::filesystem::exists(at / ".git", error)) return at;
    if (at == at.parent_path()) break;
  }
  return folder;
}

}  // namespace base
