# Run by cpack between installing into a folder and packing it.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})

# The terms of what is within the program: static libraries and headers. Boost's do not ask for that.
set(documents ${root}/share/doc/harness)
if(CPACK_GENERATOR STREQUAL DEB)
  set(documents ${root}/usr/share/doc/harness)
endif()
foreach(package libarchive-dev libcli11-dev libre2-dev libssl-dev libutf8proc-dev libyaml-cpp-dev)
  if(EXISTS /usr/share/doc/${package}/copyright)
    file(COPY_FILE /usr/share/doc/${package}/copyright ${documents}/copyright-${package})
  endif()
endforeach()

if(CPACK_GENERATOR STREQUAL DEB)
  # Debian's libraries, Debian's places.
  file(RPATH_REMOVE FILE ${root}/usr/bin/harness)
  if(EXISTS ${root}/usr/share/zsh/site-functions)
    file(RENAME ${root}/usr/share/zsh/site-functions ${root}/usr/share/zsh/vendor-completions)
  endif()
  file(GLOB pages ${root}/usr/share/man/man1/*.1)
  if(pages)
    execute_process(COMMAND gzip -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
  endif()
  return()
endif()

# The tarball: every library but the C library's, which belongs to the machine that it runs on.
file(GLOB modules ${root}/lib/libharness-*.so)
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES ${root}/bin/harness MODULES ${modules}
     RESOLVED_DEPENDENCIES_VAR libraries UNRESOLVED_DEPENDENCIES_VAR missing
     POST_EXCLUDE_REGEXES "/ld-linux" "/lib(c|m|dl|rt|pthread|resolv)\\.so")
if(missing)
  message(FATAL_ERROR "libraries that are not there: ${missing}")
endif()
foreach(library ${libraries})
  file(INSTALL ${library} DESTINATION ${root}/lib FOLLOW_SYMLINK_CHAIN)
  # Whose they are, and under which terms.
  get_filename_component(real ${library} REALPATH)
  # Packages of before /lib became a link to /usr/lib are known by the old place.
  string(REGEX REPLACE "^/usr/lib/" "/lib/" old ${real})
  execute_process(COMMAND dpkg-query -S ${real} ${old} OUTPUT_VARIABLE owner ERROR_QUIET)
  if(owner MATCHES "^([^:]+):")
    set(package ${CMAKE_MATCH_1})
    if(EXISTS /usr/share/doc/${package}/copyright)
      file(COPY_FILE /usr/share/doc/${package}/copyright ${documents}/copyright-${package})
    endif()
  endif()
endforeach()
