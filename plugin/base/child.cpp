#include "plugin/base/child.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace base {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_read();
    close_write();
  }
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
  void close_read() { close_one(read_end); }
  void close_write() { close_one(write_end); }

 private:
  static void close_one(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

Diagnostic cannot_start(const ChildCommand& command, int error) {
  Diagnostic out;
  out.what = "cannot start `" + command.program.string() + "`";
  out.why = std::generic_category().message(error);
  return out;
}

/// posix_spawn with its own process group, an empty signal mask and default handlers (SIGPIPE is
/// blocked in every thread of ours, and a child would inherit that).
int spawn(const ChildCommand& command, const Pipe& in, const Pipe& out, const Pipe& err,
          pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (const int error = ::posix_spawn_file_actions_init(&actions); error != 0) return error;
  if (const int error = ::posix_spawnattr_init(&attributes); error != 0) return error;
  ::posix_spawn_file_actions_adddup2(&actions, in.read_end, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write_end, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.write_end, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (!command.working_directory.empty()) {
    ::posix_spawn_file_actions_addchdir_np(&actions, command.working_directory.c_str());
  }
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);

  std::vector<std::string> words;
  words.push_back(command.program.string());
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> settings;
  for (const auto& [name, value] : command.environment)
    settings.push_back(name + "=" + value);
  std::vector<char*> envp;
  envp.reserve(settings.size() + 1);
  for (std::string& setting : settings)
    envp.push_back(setting.data());
  envp.push_back(nullptr);

  const int error =
      ::posix_spawn(&pid, command.program.c_str(), &actions, &attributes, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

/// Reads what is there. False: the stream has ended.
bool drain(int descriptor, std::string& into, std::uint64_t most, bool& flooded) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return false;
  const std::uint64_t room = most > into.size() ? most - into.size() : 0;
  const auto size = static_cast<std::uint64_t>(got);
  into.append(buffer.data(), static_cast<std::size_t>(std::min(size, room)));
  if (size > room) flooded = true;
  return true;
}

}  // namespace

Result<ChildOutcome> run_child(const ChildCommand& command, const CancelToken& cancel) {
  Pipe in, out, err, wake;
  if (!in.open() || !out.open() || !err.open() || !wake.open()) return cannot_start(command, errno);
  const auto started = steady_clock::now();
  pid_t pid = 0;
  if (const int error = spawn(command, in, out, err, pid); error != 0) {
    return cannot_start(command, error);
  }
  in.close_read();
  out.close_write();
  err.close_write();
  ::fcntl(in.write_end, F_SETFL, O_NONBLOCK);

  const int wake_end = wake.write_end;
  const CancelToken::Hook hook = cancel.on_cancel([wake_end] {
    if (::write(wake_end, "x", 1) < 0) {
      // The pipe is full: it has been woken already.
    }
  });

  ChildOutcome outcome;
  std::size_t written = 0;
  if (command.input.empty()) in.close_write();
  bool out_open = true, err_open = true, cancelled = false;
  std::optional<steady_clock::time_point> terminated;
  bool killed = false;
  while (out_open || err_open) {
    const auto now = steady_clock::now();
    if (command.timeout && now - started >= *command.timeout) outcome.timed_out = true;
    if ((outcome.timed_out || outcome.flooded || cancelled) && !terminated) {
      ::killpg(pid, SIGTERM);
      terminated = now;
    }
    if (terminated && !killed && now - *terminated >= std::chrono::seconds(2)) {
      ::killpg(pid, SIGKILL);
      killed = true;
    }
    // A grandchild that left the group may hold the streams open for ever.
    if (killed && now - *terminated >= std::chrono::seconds(4)) break;

    milliseconds wait{1000};
    if (command.timeout && !terminated) {
      wait = std::min(wait, std::chrono::ceil<milliseconds>(started + *command.timeout - now));
    }
    if (terminated) wait = milliseconds(50);
    std::array<pollfd, 4> polled{{{out_open ? out.read_end : -1, POLLIN, 0},
                                  {err_open ? err.read_end : -1, POLLIN, 0},
                                  {in.write_end, POLLOUT, 0},
                                  {cancelled ? -1 : wake.read_end, POLLIN, 0}}};
    ::poll(polled.data(), polled.size(), static_cast<int>(std::max<std::int64_t>(wait.count(), 0)));
    if (polled[0].revents != 0)
      out_open = drain(out.read_end, outcome.out, command.most_output, outcome.flooded);
    if (polled[1].revents != 0)
      err_open = drain(err.read_end, outcome.err, command.most_output, outcome.flooded);
    if (polled[2].revents != 0) {
      const ssize_t put =
          ::write(in.write_end, command.input.data() + written, command.input.size() - written);
      if (put > 0) written += static_cast<std::size_t>(put);
      if ((put < 0 && errno != EAGAIN && errno != EINTR) || written == command.input.size()) {
        in.close_write();
      }
    }
    if (polled[3].revents != 0) cancelled = true;
  }
  in.close_write();
  // Both streams are closed, but the child may live on: it gets what is left of its time.
  int status = 0;
  while (true) {
    const pid_t got = ::waitpid(pid, &status, WNOHANG);
    if (got == pid || (got < 0 && errno != EINTR)) break;
    const auto now = steady_clock::now();
    if (command.timeout && now - started >= *command.timeout && !terminated)
      outcome.timed_out = true;
    if ((outcome.timed_out || cancelled || cancel.cancelled()) && !terminated) {
      ::killpg(pid, SIGTERM);
      terminated = now;
    }
    if (terminated && now - *terminated >= std::chrono::seconds(2)) ::killpg(pid, SIGKILL);
    const milliseconds pause{now - started < std::chrono::seconds(1) ? 1 : 10};
    ::usleep(static_cast<useconds_t>(pause.count() * 1000));
  }
  ::killpg(pid, SIGKILL);  // what is left of its group
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  outcome.duration = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  return outcome;
}

std::optional<Path> find_program(std::string_view name, const Environment& environment,
                                 const Path& outside_of) {
  std::string_view rest = get(environment, "PATH");
  std::error_code error;
  const Path forbidden =
      outside_of.empty() ? Path() : std::filesystem::weakly_canonical(outside_of, error);
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const Path folder(rest.substr(0, colon));
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    if (!folder.is_absolute()) continue;
    const Path candidate = folder / name;
    if (::access(candidate.c_str(), X_OK) != 0 ||
        !std::filesystem::is_regular_file(candidate, error)) {
      continue;
    }
    if (!forbidden.empty()) {
      const Path real = std::filesystem::weakly_canonical(folder, error);
      if (std::mismatch(forbidden.begin(), forbidden.end(), real.begin(), real.end()).first ==
          forbidden.end()) {
        continue;
      }
    }
    return candidate;
  }
  return std::nullopt;
}

Environment child_environment(const Environment& ours, const Path& home,
                              const std::vector<std::string>& pass) {
  Environment out;
  for (const char* name : {"PATH", "LANG", "TZ", "TMPDIR"}) {
    if (const auto found = ours.find(std::string_view(name)); found != ours.end())
      out.insert(*found);
  }
  out.insert_or_assign("HOME", home.string());
  for (const std::string& name : pass) {
    if (const auto found = ours.find(name); found != ours.end())
      out.insert_or_assign(name, found->second);
  }
  return out;
}

}  // namespace base
