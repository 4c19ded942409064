import { existsSync } from 'node:fs';
import path from 'node:path';
import { testFolders } from '../catalogue/folder-tests.ts';
import { ControlTester } from '../catalogue/tester.ts';
import { showPath } from '../collect/walk.ts';
import { painter } from '../report/paint.ts';
import { printable } from '../report/printable.ts';
import { type Arguments, type Command, flagText, UsageError } from './command.ts';
import { kubernetesVersion } from './kubernetes-version.ts';
import { Progress } from './progress.ts';
import { type Streams, wantsColor } from './stream.ts';

export const testCommand: Command = {
  name: 'test',
  summary: 'Run the tests of controls and policies: every tests.yaml below a folder.',
  usage: 'test [FOLDER] ... [flags]',
  examples: ['scantling test policies/', 'scantling test controls/ --kubernetes-version 1.34'],
  flags: {
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: 'only in this version (default: in every known one)',
    },
    quiet: { type: 'boolean', short: 'q', help: 'only failures and the last line' },
  },
};

/** `scantling test`: 0 when every case holds, 1 when one does not, 2 where there is nothing to test. */
export async function runTest({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  const started = performance.now();
  const asked = flagText(flags, 'kubernetes-version');
  const tester = asked === undefined ? new ControlTester() : new ControlTester([kubernetesVersion(asked)]);
  const paint = painter(wantsColor(streams));
  const progress = new Progress(streams);
  let folders = 0;
  let runs = 0;
  let failed = 0;
  for (const input of positionals.length === 0 ? ['.'] : positionals) {
    const directory = path.resolve(streams.cwd, input);
    if (!existsSync(directory)) throw new UsageError(`there is no folder "${input}"`);
    for (const outcome of testFolders(directory, tester)) {
      const shown = showPath(outcome.folder, streams.cwd);
      folders++;
      runs += outcome.runs;
      failed += outcome.failures.length;
      progress.step('testing', folders, folders);
      if (outcome.failures.length === 0) {
        if (flags['quiet'] !== true)
          await streams.out(`${paint('green', 'ok')}    ${shown}  ${outcome.runs} verdicts\n`);
        continue;
      }
      progress.end();
      await streams.out(`${paint('red', 'fail')}  ${shown}\n`);
      for (const { name, what, reason } of outcome.failures) {
        const label = [name, what].filter((text) => text !== '').join(' · ');
        await streams.out(`      ${printable(label === '' ? reason : `${label}: ${reason}`)}\n`);
      }
    }
  }
  progress.end();
  if (folders === 0)
    throw new UsageError('there is no tests.yaml here: controls/README.md says how to write one');
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  const outcome = failed === 0 ? 'all as expected' : `${failed} not as expected`;
  await streams.out(
    `${runs} verdicts in ${folders} ${folders === 1 ? 'folder' : 'folders'}, ${outcome}; ${seconds} s\n`,
  );
  return failed === 0 ? 0 : 1;
}
