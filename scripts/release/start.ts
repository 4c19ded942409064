// What a single executable runs first; the npm package has `dist/cli.js` for this.
import { bundlesInside } from './inside.ts';

/** The bundle of each verb. */
declare const BUNDLES: Readonly<Record<string, string>>;

// kubectl calls a program of this name to complete words; bin/kubectl_complete-scantling.js does the same for npm.
if (/(?:^|\/)kubectl_complete-scantling$/.test(process.argv[1] ?? ''))
  process.argv.splice(2, 0, '__complete');

const asked = process.argv[2] ?? '';
const verb = Object.hasOwn(BUNDLES, asked) ? asked : 'help';
void bundlesInside(verb).load(BUNDLES[verb]!)['runProcess']!();
