#include "harness/command/watch.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace harness {
namespace {

constexpr int kQuietMilliseconds = 120;
constexpr std::uint32_t kWatched =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;

bool passed_over(const base::Path& folder) {
  const base::Path name = folder.filename();
  return name == ".git" || name == ".harness" || name == ".sentinel";
}

}  // namespace

struct Watch::Inside {
  int descriptor = -1;
  std::map<int, base::Path> folders;
  base::Path root;
};

Watch::Watch() : inside_(std::make_unique<Inside>()) {}

Watch::~Watch() {
  if (inside_->descriptor >= 0) ::close(inside_->descriptor);
}

base::Result<std::unique_ptr<Watch>> Watch::open(const base::Path& root) {
  std::unique_ptr<Watch> out(new Watch());
  out->inside_->descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (out->inside_->descriptor < 0) {
    return base::Diagnostic{.what = "changes of files cannot be watched",
                            .why = std::generic_category().message(errno)};
  }
  out->inside_->root = root;
  out->add(root, nullptr);
  if (out->inside_->folders.empty()) {
    return base::Diagnostic{.what = "`" + root.string() + "` cannot be watched",
                            .why = std::generic_category().message(errno)};
  }
  return out;
}

void Watch::add(const base::Path& folder, std::set<base::Path>* found) {
  const int id = ::inotify_add_watch(inside_->descriptor, folder.c_str(), kWatched | IN_ONLYDIR);
  if (id < 0) return;
  inside_->folders[id] = folder;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) {
      if (found != nullptr) found->insert(entry->path());
    } else if (!entry->is_symlink(ignored) && !passed_over(entry->path())) {
      add(entry->path(), found);
    }
  }
}

std::set<base::Path> Watch::wait(const base::CancelToken& cancel) {
  std::set<base::Path> out;
  const int wake = ::eventfd(0, EFD_CLOEXEC);
  const auto hook = cancel.on_cancel([wake] {
    const std::uint64_t one = 1;
    if (::write(wake, &one, sizeof one) < 0) return;
  });
  std::array<pollfd, 2> polled{{{inside_->descriptor, POLLIN, 0}, {wake, POLLIN, 0}}};
  while (true) {
    const int ready = ::poll(polled.data(), polled.size(), out.empty() ? -1 : kQuietMilliseconds);
    if (ready < 0 && errno == EINTR) continue;
    if (cancel.cancelled()) out.clear();
    if (cancel.cancelled() || ready <= 0) break;
    alignas(inotify_event) std::array<char, 65'536> buffer;
    const ssize_t size = ::read(inside_->descriptor, buffer.data(), buffer.size());
    for (ssize_t at = 0; at < size;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      at += static_cast<ssize_t>(sizeof event + event.len);
      if ((event.mask & IN_Q_OVERFLOW) != 0) out.insert(inside_->root);
      const auto folder = inside_->folders.find(event.wd);
      if (folder == inside_->folders.end() || event.len == 0) continue;
      const base::Path path = folder->second / name;
      if (passed_over(path)) continue;
      if ((event.mask & IN_ISDIR) != 0) {
        if ((event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) add(path, &out);
        continue;
      }
      out.insert(path);
    }
  }
  ::close(wake);
  return out;
}

}  // namespace harness
