// `harness schema`: the manifest's JSON Schema.
#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/manifest/shape.h"

namespace harness {

int schema_command(const Arguments& arguments, Context&) {
  if (!arguments.words().empty()) {
    show_problem(
        {.what = "`harness schema` takes no argument, found `" + arguments.words()[0] + "`"});
    return kExitUsage;
  }
  return write_out(manifest_schema()) ? kExitPassed : kExitRuntime;
}

}  // namespace harness
