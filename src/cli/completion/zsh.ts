/** The script for zsh 5: to be sourced, or to lie as `_scantling` in a folder of `fpath`. */
export function zshScript(name: string): string {
  return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh)
_${name}() {
  local -a entries open
  local line text directive=1
  for line in "\${(@f)$("\${(Q)words[1]}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :* ]]; then directive=\${line#:}; continue; fi
    text=\${\${line%%$'\\t'*}//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then text+=":\${line#*$'\\t'}"; fi
    entries+=("$text")
  done
  (( directive & 1 )) && return 1
  (( directive & 2 )) && open=(-S '')
  (( $#entries )) && _describe -V ${name} entries "\${open[@]}"
  if (( (directive & 4) == 0 )); then
    compset -P '*='
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _${name} "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
  compdef _${name} ${name}
fi
`;
}
