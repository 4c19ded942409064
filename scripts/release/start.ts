// What a single executable runs first; the npm package has `dist/cli.js` for this.
import { bundlesInside } from './inside.ts';

/** The bundle of each verb. */
declare const BUNDLES: Readonly<Record<string, string>>;

const asked = process.argv[2] ?? '';
const verb = Object.hasOwn(BUNDLES, asked) ? asked : 'help';
void bundlesInside(verb).load(BUNDLES[verb]!)['runProcess']!();
