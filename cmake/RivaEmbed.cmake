# riva_embed(<target> <namespace> <header> FILES ...): makes text files available as string constants.
#
# For prompts/coder.md a constant `coder` is generated in <namespace>, declared in <header>. Changing a file triggers a new
# configure.
function(riva_embed target namespace header)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "FILES")
  set(declarations "")
  set(definitions "")
  foreach(file IN LISTS arg_FILES)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    string(APPEND declarations "extern const std::string_view ${name};\n")
    string(APPEND definitions "const std::string_view ${name} = R\"__riva__(${text})__riva__\";\n")
  endforeach()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  get_filename_component(stem ${header} NAME_WE)
  file(CONFIGURE OUTPUT ${folder}/${header} CONTENT
    "#pragma once\n\n#include <string_view>\n\nnamespace ${namespace} {\n${declarations}}  // namespace ${namespace}\n" @ONLY)
  set(source "#include \"${header}\"\n\nnamespace ${namespace} {\n${definitions}}  // namespace ${namespace}\n")
  file(GENERATE OUTPUT ${folder}/${stem}.cpp CONTENT "${source}")
  target_sources(${target} PRIVATE ${folder}/${stem}.cpp)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
