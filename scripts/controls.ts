// Gives every policy in controls/ the prelude that its control.yaml names.
import path from 'node:path';
import { checkout } from '../src/catalogue/load.ts';
import { rewritePreludes } from '../src/catalogue/prelude.ts';

const changed = rewritePreludes(checkout);
for (const file of changed) process.stdout.write(`${path.relative(checkout, file)}\n`);
process.stdout.write(`${changed.length} policies changed\n`);
