#include "plugin/sentinel/data/data_cache.h"

#include <filesystem>

#include "plugin/base/file.h"

namespace sentinel {

base::Result<ReadMock> DataCache::read(const base::Path& path, const std::string& name) {
  std::error_code error;
  const base::Path real = std::filesystem::canonical(path, error);
  if (error) {
    base::Diagnostic problem;
    problem.what = "`" + name + "` cannot be read";
    problem.why = error.message();
    return problem;
  }
  std::shared_ptr<Slot> slot;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Slot>& place = slots_[real.string()];
    if (place == nullptr) place = std::make_shared<Slot>();
    slot = place;
  }
  const std::lock_guard lock(slot->mutex);
  const std::uintmax_t size = std::filesystem::file_size(real, error);
  const auto changed = std::filesystem::last_write_time(real, error);
  const std::int64_t time = error ? 0 : changed.time_since_epoch().count();
  if (slot->mock && slot->size == size && slot->changed == time) return *slot->mock;
  base::Result<std::string> text = base::read_file(real);
  if (!text) return std::move(text.error());
  ReadMock mock;
  mock.source = std::make_shared<const base::Source>(name, *std::move(text));
  if (auto data = read_data(mock.source)) mock.data = *std::move(data);
  slot->mock = mock;
  slot->size = size;
  slot->changed = time;
  return mock;
}

}  // namespace sentinel
