import { statSync } from 'node:fs';
import path from 'node:path';
import { formatMinorVersion, type MinorVersion } from '../catalogue/versions.ts';
import type { RenderOptions } from '../collect/render/render-folders.ts';
import { type Flag, flagText, type FlagValues, flagValues, UsageError } from './command.ts';
import type { Streams } from './stream.ts';

/** Seconds that one chart or kustomization may take to render. */
const patience = 30;

/** Flags of the verbs that render charts and kustomizations. */
export const renderFlags: Readonly<Record<string, Flag>> = {
  'no-render': {
    type: 'boolean',
    help: 'leave Helm charts and kustomizations as they are: their templates are not judged',
  },
  values: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'values for Helm charts; a later file wins',
  },
  'render-timeout': {
    type: 'string',
    value: 'SECONDS',
    help: `how long one chart or kustomization may take to render (default ${patience})`,
  },
};

/** How to render what the inputs hold; undefined where `--no-render` says not to. Throws `UsageError`. */
export function renderOptions(
  flags: FlagValues,
  { cwd, env }: Streams,
  version: MinorVersion,
  onProgress?: (what: string, done: number, all: number) => void,
): RenderOptions | undefined {
  const seconds = flagText(flags, 'render-timeout') ?? String(patience);
  if (!/^[1-9]\d{0,3}$/.test(seconds))
    throw new UsageError(`--render-timeout takes seconds from 1 to 9999, not "${seconds}"`);
  const values = valuesFiles(flags, cwd);
  if (flags['no-render'] === true) {
    if (values.length > 0) throw new UsageError('--values means nothing with --no-render');
    return undefined;
  }
  return {
    cwd,
    env,
    kubernetesVersion: formatMinorVersion(version),
    timeoutSeconds: Number(seconds),
    values,
    onProgress: (done, all) => onProgress?.('rendering', done, all),
  };
}

function valuesFiles(flags: FlagValues, cwd: string): readonly string[] {
  return flagValues(flags, 'values').map((name) => {
    const absolute = path.resolve(cwd, name);
    const found = statSync(absolute, { throwIfNoEntry: false });
    if (found === undefined) throw new UsageError(`--values ${name}: there is no such file`);
    // A renderer is a process of its own, and reads a file for each chart: no pipe lasts that long.
    if (!found.isFile()) throw new UsageError(`--values ${name}: it is no ordinary file`);
    return absolute;
  });
}
