import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './calls.ts';

/** The executable for this machine; undefined, with a loud line, where there is none: `npm run release` makes it. */
export function executable(): string | undefined {
  const file = path.join(root, `release/scantling-linux-${process.arch}`);
  if (existsSync(file)) return file;
  console.warn(`SKIPPED: the single executable is not tried, there is no ${path.relative(root, file)}`);
  return undefined;
}

/** The command lines to try, by name: the bundle under this Node, and the executable where there is one. */
export function programs(): Readonly<Record<string, readonly string[]>> {
  const bundle = path.join(root, 'dist/cli.js');
  if (!existsSync(bundle)) throw new Error('nothing is built: run `npm run build` first');
  const single = executable();
  return {
    'the bundle': [process.execPath, bundle],
    ...(single !== undefined && { 'the executable': [single] }),
  };
}
