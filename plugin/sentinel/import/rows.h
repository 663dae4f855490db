// The row of each standard import. One file each; table.cpp lists them.
#pragma once

#include "plugin/sentinel/value/native.h"

namespace sentinel {

extern const ImportRow kBase64;
extern const ImportRow kCollection;
extern const ImportRow kLists;
extern const ImportRow kMaps;
extern const ImportRow kDecimal;
extern const ImportRow kHttp;
extern const ImportRow kJson;
extern const ImportRow kRuntime;
extern const ImportRow kSockaddr;
extern const ImportRow kStrings;
extern const ImportRow kTime;
extern const ImportRow kTypes;
extern const ImportRow kUnits;
extern const ImportRow kVersion;

}  // namespace sentinel
