// Run by itself: `compile-verb.ts DIST FOLDER BUNDLE VERB [arguments]` runs a verb from the bundles in DIST, then writes
// into FOLDER what V8 has compiled of each. `compiled-code.ts` calls it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import { BundleLoader } from './bundle-loader.ts';

/**
 * Faster tiers leave marks in a function at times that depend on the machine, and code that was not used for long is thrown
 * away: without these, two runs compile the same.
 */
const tiers = ['opt', 'maglev', 'sparkplug', 'flush-bytecode'];

const [dist, folder, bundle] = process.argv.splice(2, 3) as [string, string, string];
const loader = new BundleLoader({
  text: (name) => {
    const file = path.join(dist, name);
    return existsSync(file) ? readFileSync(file, 'latin1') : undefined;
  },
  code: () => undefined,
  directory: dist,
});
for (const flag of tiers) v8.setFlagsFromString(`--no-${flag}`);
await loader.load(bundle)['runProcess']!();
// V8 takes back only code that was made with the flags it runs with: those of this run are undone.
for (const flag of tiers) v8.setFlagsFromString(`--${flag}`);
v8.setFlagsFromString('--hash-seed=0');
for (const [name, script] of loader.scripts)
  writeFileSync(path.join(folder, name), script.createCachedData());
