/**
 * The script for bash 3.2 and newer; it needs no package of helpers.
 *
 * bash takes `=` and `:` for ends of words, so the words are put together again before they are asked about, and what stands
 * before the last such end is cut off the answers, because bash replaces only what comes after it.
 */
export function bashScript(name: string): string {
  const call = `_${name}_complete`;
  return `# bash completion of ${name}: source <(${name} completion bash)
${call}() {
  local words=() word glue='' i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ \${#words[@]} -gt 0 && ( -n $glue || $word == = ) && $word != -* ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word == = ]]; then glue=1; else glue=''; fi
  done
  local current=\${words[\${#words[@]}-1]} cut=''
  if [[ $current == *=* && $COMP_WORDBREAKS == *=* ]]; then cut=\${current%"\${current##*=}"}; fi
  local directive=1 line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=\${line#:}; continue; fi
    line=\${line%%$'\\t'*}
    COMPREPLY+=("\${line#"$cut"}")
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete "\${words[@]}" 2>/dev/null)
  if (( directive & 1 )); then return; fi
  if (( directive & 2 )); then compopt -o nospace 2>/dev/null; fi
  if (( (directive & 4) == 0 )); then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${current##*=}")
  fi
}
complete -F ${call} ${name}
`;
}
