// The types of the objects that imports make, for the list in table.cpp and for telling them apart.
#pragma once

#include "plugin/sentinel/value/native.h"

namespace sentinel {

extern const ObjectType kDecimalType;
extern const ObjectType kHttpClientType;
extern const ObjectType kHttpRequestType;
extern const ObjectType kHttpResponseType;
extern const ObjectType kTimeType;
extern const ObjectType kVersionType;

}  // namespace sentinel
