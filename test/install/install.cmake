# cmake -D build=FOLDER -D prefix=FOLDER -P install.cmake: installs a build to one place and moves it to another.
file(REMOVE_RECURSE ${prefix} ${prefix}.first)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${build} --prefix ${prefix}.first COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${prefix}.first ${prefix})
