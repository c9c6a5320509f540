# Which compilers may build riva, and with which warnings. Consumers of the installed package are not bound by this.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "riva cannot be built with g++ ${CMAKE_CXX_COMPILER_VERSION}: g++ before 13 miscompiles coroutines. "
    "Use clang 16 or newer (./dev build does) or g++ 13 or newer.")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  message(FATAL_ERROR
    "riva cannot be built with clang ${CMAKE_CXX_COMPILER_VERSION}: clang before 16 miscompiles optimised coroutines. "
    "Use clang 16 or newer (./dev build does).")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_library(riva_warnings INTERFACE)
target_compile_options(riva_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<BOOL:${RIVA_WERROR}>:-Werror>)

# ccache caches what includes a precompiled header only when told that this is meant, and only when the header holds no time.
find_program(RIVA_CCACHE ccache)
if(RIVA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${RIVA_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endif()

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endif()
