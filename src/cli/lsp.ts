import { existsSync } from 'node:fs';
import path from 'node:path';
import { openCatalogue } from '../catalogue/catalogue.ts';
import { type Arguments, type Command, flagText, UsageError } from './command.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { namedProfiles } from './named-profiles.ts';
import type { Streams } from './stream.ts';
import { version as programVersion } from './version.ts';

/** `scantling lsp`: its flags and its help. */
export const lspCommand: Command = {
  name: 'lsp',
  summary: 'Serve an editor: findings while you type, fixes, and what a finding means.',
  usage: 'lsp [flags]',
  examples: ['scantling lsp --stdio', 'scantling lsp --profile pss-restricted --kubernetes-version 1.34'],
  flags: {
    profile: {
      type: 'string',
      short: 'p',
      multiple: true,
      value: 'NAME,...',
      help: 'profiles to judge by, whatever the configuration (default pss-baseline,essentials)',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version whose rules apply, ${knownVersions} (default the latest)`,
    },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'this configuration for every file (default: the nearest .scantling.yaml)',
    },
    unknown: { type: 'boolean', help: 'also mark, as hints, what cannot be told from the open folders' },
    stdio: { type: 'boolean', help: 'talk over standard input and output, as it always does' },
    clientProcessId: { type: 'string', value: 'PID', help: 'end when this process, the editor, has ended' },
  },
  notes: `It speaks the Language Server Protocol and is started by editors: docs/editor.md says how.

Exit codes: 0 after shutdown and exit; 1 when the editor goes without a word; 2 a mistake in the call.`,
};

/** `scantling lsp`. It never returns: the protocol says when the process ends, and with which code. */
export async function runLsp({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  if (positionals.length > 0)
    throw new UsageError(`lsp takes no files, the editor names them: "${positionals[0]}"`);
  const config = flagText(flags, 'config');
  if (config !== undefined && !existsSync(path.resolve(streams.cwd, config))) {
    throw new UsageError(`--config: there is no file "${config}"`);
  }
  const wanted = flagText(flags, 'kubernetes-version');
  const version = wanted === undefined ? undefined : kubernetesVersion(wanted);
  const catalogue = await openCatalogue();
  const settings = {
    profiles: namedProfiles(flags, catalogue),
    kubernetesVersion: version,
    config: config === undefined ? undefined : path.resolve(streams.cwd, config),
    unknown: flags['unknown'] === true,
  };
  if (process.stdin.isTTY) streams.err('scantling lsp is started by editors: docs/editor.md says how\n');
  // An editor would start the server again and again, and lose what it knew each time.
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => streams.err(`error: ${(error as Error)?.stack ?? String(error)}\n`));
  }
  const { serve } = await import('./language-server/server.ts');
  serve({ catalogue, settings, version: programVersion(), input: process.stdin, output: process.stdout });
  return new Promise(() => {});
}
