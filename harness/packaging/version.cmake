# Writes OUTPUT from TEMPLATE with the version in it, and leaves it alone where nothing changed.
# Run at every build: cmake -D SOURCE=… -D VERSION=1.0.0 -D TEMPLATE=… -D OUTPUT=… -P version.cmake
#
#   a tag v1.2.3 on this commit    1.2.3
#   five commits later             1.2.3+5.g0123456
#   no tag anywhere                VERSION+g0123456
#   no git, or no repository       VERSION
include(${CMAKE_CURRENT_LIST_DIR}/git_version.cmake)
git_version(${SOURCE} ${VERSION})
set(HARNESS_VERSION ${version})
set(HARNESS_COMMIT ${commit})
set(HARNESS_DATE ${date})
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
