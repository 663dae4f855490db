#include "plugin/base/library.h"

#include <string>

#include <dlfcn.h>

namespace base {

Result<void*> load_symbol(const char* library, const char* symbol, std::string_view without) {
  void* const handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
  void* const address = handle == nullptr ? nullptr : ::dlsym(handle, symbol);
  if (address != nullptr) return address;
  const char* const why = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc has one a thread
  return Diagnostic{
      .what = "`" + std::string(library) + "` cannot be loaded: " + std::string(without),
      .why = why == nullptr ? "" : why,
      .advice = "it belongs to the program: install both together"};
}

}  // namespace base
