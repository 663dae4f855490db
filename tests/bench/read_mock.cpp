// How fast mocks are read: MB/s from a file in the page cache to values, best of five.
#include <algorithm>
#include <cstdio>
#include <string>

#include <sys/resource.h>
#include <time.h>

#include "plugin/base/file.h"
#include "plugin/sentinel/data/frozen_data.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: bench_read_mock FILE\n", stderr);
    return 2;
  }
  // Processor time: other programs on the machine do not count.
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  double best_file = 1e9;
  double best_data = 1e9;
  std::size_t size = 0;
  std::size_t arena = 0;
  for (int i = 0; i < 5; ++i) {
    const auto start = now();
    auto text = base::read_file(arguments[1]);
    if (!text) {
      std::fputs(base::to_text(text.error()).c_str(), stderr);
      return 1;
    }
    best_file = std::min(best_file, now() - start);
    size = text->size();
    auto source = std::make_shared<const base::Source>(arguments[1], *std::move(text));
    const auto begun = now();
    const auto data = sentinel::read_data(source);
    best_data = std::min(best_data, now() - begun);
    if (!data) {
      std::fputs("not pure data\n", stderr);
      return 1;
    }
    arena = (*data)->arena.used();
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double megabytes = static_cast<double>(size) / 1e6;
  std::printf("%.0f MB/s of %.1f MB: file %.0f, values %.0f; arena %.2fx, peak memory %.2fx\n",
              megabytes / (best_file + best_data), megabytes, megabytes / best_file,
              megabytes / best_data, static_cast<double>(arena) / static_cast<double>(size),
              static_cast<double>(usage.ru_maxrss) * 1024 / static_cast<double>(size));
  return 0;
}
