# riva_precompile(<target> [HEADER...]): the headers that most sources include, parsed once.
# riva_precompile(<target> REUSE_FROM <other>): as <other>, which must be compiled with the same options.
#
# It halves the time of a full build. Sources still include what they use: `./dev lint` compiles them without it.
function(riva_precompile target)
  if(NOT RIVA_PRECOMPILE_HEADERS)
    return()
  endif()
  if("${ARGV1}" STREQUAL REUSE_FROM)
    target_precompile_headers(${target} REUSE_FROM ${ARGV2})
  else()
    target_precompile_headers(${target} PRIVATE
      <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional> <string> <string_view> <variant> <vector>
      <boost/asio/awaitable.hpp> <boost/asio/bind_cancellation_slot.hpp> <boost/asio/co_spawn.hpp>
      <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>
      ${ARGN})
  endif()
endfunction()

# riva_library(<folder> HEADERS ... SOURCES ... [PUBLIC ...] [PRIVATE ...])
#
# One library per top-level folder. Its public headers are below <folder>/include, everything in <folder>/src is private.
# A library sees only the include roots of the libraries that it names, so the compiler enforces the layers.
function(riva_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;PUBLIC;PRIVATE")
  set(target riva_${name})
  add_library(${target} ${arg_SOURCES})
  add_library(riva::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
  target_include_directories(${target} PRIVATE src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:riva_warnings>)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON
    VERIFY_INTERFACE_HEADER_SETS ON)
  if(name STREQUAL runtime)
    riva_precompile(${target})
  else()
    riva_precompile(${target} REUSE_FROM riva_runtime)
  endif()
endfunction()
