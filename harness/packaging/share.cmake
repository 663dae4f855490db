# Manual pages and completion into SHARE, laid out as below /usr/share; PROGRAM writes them.
set(files
  bash bash-completion/completions/harness
  zsh zsh/site-functions/_harness
  fish fish/vendor_completions.d/harness.fish)
file(REMOVE_RECURSE ${SHARE})
execute_process(COMMAND ${PROGRAM} man --output ${SHARE}/man/man1 COMMAND_ERROR_IS_FATAL ANY)
while(files)
  list(POP_FRONT files shell file)
  get_filename_component(folder ${SHARE}/${file} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${PROGRAM} completion ${shell} OUTPUT_FILE ${SHARE}/${file} COMMAND_ERROR_IS_FATAL ANY)
endwhile()
file(WRITE ${SHARE}/stamp "")
