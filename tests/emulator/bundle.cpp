#include "tests/emulator/bundle.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

#include "plugin/base/file.h"

namespace emulator {
namespace {

// The same date in every bundle, so that one folder always gives the same bytes.
constexpr std::time_t kMemberTime = 1'700'000'000;

la_ssize_t append(archive*, void* to, const void* bytes, std::size_t size) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

}  // namespace

base::Result<std::string> pack_bundle(const base::Path& folder) {
  std::vector<base::Path> files;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(folder, error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.ends_with(".sentinel") || name == "sentinel.hcl") files.push_back(it->path());
  }
  if (error) {
    return base::Diagnostic{.what = "no bundle in `" + folder.string() + "`",
                            .why = error.message()};
  }
  std::ranges::sort(files);
  std::string out;
  const std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  archive_write_add_filter_gzip(writer.get());
  archive_write_set_format_pax_restricted(writer.get());
  archive_write_set_options(writer.get(), "gzip:!timestamp");
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  bool good = archive_write_open(writer.get(), &out, nullptr, append, nullptr) == ARCHIVE_OK;
  for (const base::Path& file : files) {
    auto text = base::read_file(file);
    if (!text) return std::move(text.error());
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                         archive_entry_free);
    archive_entry_set_pathname(entry.get(), file.filename().c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text->size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), kMemberTime, 0);
    good = good && archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK &&
           archive_write_data(writer.get(), text->data(), text->size()) ==
               static_cast<la_ssize_t>(text->size());
  }
  good = good && archive_write_close(writer.get()) == ARCHIVE_OK;
  if (!good) {
    const char* why = archive_error_string(writer.get());
    return base::Diagnostic{.what = "`" + folder.string() + "` cannot be packed",
                            .why = why == nullptr ? "" : why};
  }
  return out;
}

}  // namespace emulator
