# Installs programs, libraries and headers, and the package that `find_package(riva)` finds. Each library is a component
# of its own, so that a consumer of riva::runtime needs no SQLite.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/riva)

foreach(component runtime llm memory verify agents)
  install(TARGETS riva_${component} EXPORT riva-${component} FILE_SET HEADERS)
  install(EXPORT riva-${component} NAMESPACE riva:: FILE riva-${component}.cmake DESTINATION ${package_folder})
endforeach()

install(TARGETS riva EXPORT riva-all)
install(EXPORT riva-all NAMESPACE riva:: FILE riva-all.cmake DESTINATION ${package_folder})

configure_package_config_file(cmake/rivaConfig.cmake.in rivaConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(rivaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rivaConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/rivaConfigVersion.cmake
  DESTINATION ${package_folder})

if(RIVA_BUILD_PROGRAMS)
  install(TARGETS riva_program riva_bench)
endif()
install(FILES LICENSE TYPE DOC)

if(PROJECT_IS_TOP_LEVEL)
  # `cmake --install` and CPack take what is built and do not build the tests first.
  set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
  include(RivaPackage)
endif()
