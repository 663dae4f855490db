// A server that answers each connection with the next text of a script, whatever is asked.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace http_test {

struct Line {
  std::string answer;
  std::chrono::milliseconds drip{0};    // between two bytes
  std::chrono::milliseconds linger{0};  // after the answer, before closing
  int answers = 1;                      // on this connection, each to a request of its own
};

class ScriptServer {
 public:
  explicit ScriptServer(std::vector<Line> script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ScriptServer(const ScriptServer&) = delete;
  ScriptServer& operator=(const ScriptServer&) = delete;
  ~ScriptServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/path?query"; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (const Line& line : script_) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      for (int i = 0; i < line.answers && read_request(socket); ++i)
        send(socket, line);
      for (auto waited = line.linger; waited.count() > 0 && !stopping_;
           waited -= std::chrono::milliseconds(10))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ::shutdown(socket, SHUT_WR);
      ::close(socket);
    }
  }
  bool read_request(int socket) {
    std::string text;
    char c = 0;
    while (!text.ends_with("\r\n\r\n")) {
      if (::recv(socket, &c, 1, 0) <= 0) return false;
      text += c;
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(text);
    return true;
  }
  void send(int socket, const Line& line) {
    if (line.drip.count() == 0) {
      (void)!::send(socket, line.answer.data(), line.answer.size(), MSG_NOSIGNAL);
      return;
    }
    for (const char c : line.answer) {
      if (stopping_ || ::send(socket, &c, 1, MSG_NOSIGNAL) <= 0) return;
      std::this_thread::sleep_for(line.drip);
    }
  }

  std::vector<Line> script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace http_test
