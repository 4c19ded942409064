import { suggestion } from '../config/did-you-mean.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { powershellScript } from './completion/powershell.ts';
import { zshScript } from './completion/zsh.ts';
import type { Streams } from './stream.ts';

const scripts: Readonly<Record<string, (name: string) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};
const shells = Object.keys(scripts);

/** `scantling completion`: its flags and its help. */
export const completionCommand: Command = {
  name: 'completion',
  summary: 'Print the script with which a shell completes commands, flags, controls, profiles and files.',
  usage: 'completion bash | zsh | fish | powershell',
  examples: [
    'source <(scantling completion bash)        # now; for always, in ~/.bashrc',
    'source <(scantling completion zsh)         # in ~/.zshrc',
    'scantling completion fish > ~/.config/fish/completions/scantling.fish',
    'scantling completion powershell | Out-String | Invoke-Expression   # in $PROFILE',
  ],
  arguments: shells,
  flags: {},
  notes:
    'As a plug-in of kubectl it is completed by kubectl, which calls kubectl_complete-scantling on the PATH.',
};

/** `scantling completion SHELL`: 0, or a `UsageError` for a shell that it does not know. */
export async function runCompletion({ positionals }: Arguments, { out }: Streams): Promise<number> {
  const [shell, ...more] = positionals;
  if (shell === undefined || more.length > 0)
    throw new UsageError(`completion takes one shell: ${shells.join(', ')}`);
  if (!Object.hasOwn(scripts, shell)) {
    throw new UsageError(`completion knows ${shells.join(', ')}, not "${shell}"${suggestion(shell, shells)}`);
  }
  await out(scripts[shell]!('scantling'));
  return 0;
}
