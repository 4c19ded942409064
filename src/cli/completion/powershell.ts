/** The script for PowerShell 5.1 and newer. Where it returns nothing PowerShell offers the names of files by itself. */
export function powershellScript(name: string): string {
  return `# PowerShell completion of ${name}: ${name} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName '${name}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text.Trim([char[]]@(34, 39)) })
    $program = $words[0]
    $before = @($words | Select-Object -Skip 1)
    if ($wordToComplete -eq '') { $before += '' }
    # Windows PowerShell drops empty arguments of programs; two quotes reach them as an empty one.
    if ($PSVersionTable.PSVersion -lt [version]'7.3') { $before = @($before | ForEach-Object { if ($_ -eq '') { '""' } else { $_ } }) }
    foreach ($line in @(& $program __complete @before 2>$null)) {
        if ($line.StartsWith(':')) { continue }
        $text, $description = $line.Split([char]9, 2)
        if (-not $description) { $description = $text }
        [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $description)
    }
}
`;
}
