#include "plugin/sentinel/value/native.h"

#include "plugin/sentinel/value/collection.h"

namespace sentinel {

Value Machine::map_of(const Object& object) {
  const ObjectType& type = *object.type;
  Map* map = make_map(arena(), type.fields.size());
  for (const std::string_view name : type.fields)
    map->set(arena(), Value::string(name), type.field(*this, object, name));
  return Value::map(map);
}

}  // namespace sentinel
