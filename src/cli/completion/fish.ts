/** The script for fish 3: to be sourced, or to lie as `scantling.fish` in `~/.config/fish/completions`. */
export function fishScript(name: string): string {
  return `# fish completion of ${name}: ${name} completion fish | source
function __${name}_complete
    set -l line (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l answer ($line[1] __complete $line[2..-1] "$current" 2>/dev/null)
    set -l directive (string replace : '' -- $answer[-1])
    if test (count $answer) -gt 1
        printf '%s\\n' $answer[1..-2]
    end
    if test (math "bitand($directive, 5)") -eq 0
        set -l before (string match --regex '^.*=' -- $current)
        printf "$before%s\\n" (__fish_complete_path (string replace --regex '^.*=' '' -- $current))
    end
end
complete --command ${name} --no-files --keep-order --arguments '(__${name}_complete)'
`;
}
