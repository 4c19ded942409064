// Makes the folder of a new control: npm run new-control <id>. What it makes holds and passes its tests; change it from there.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkout, loadCatalogue } from '../src/catalogue/load.ts';
import { scaffold } from '../src/catalogue/scaffold.ts';
import { rewritePreludes } from '../src/catalogue/prelude.ts';

const [id, ...others] = process.argv.slice(2);
const folder = path.join(checkout, 'controls', id ?? '');
const stop = (reason: string): never => {
  process.stderr.write(`error: ${reason}\n`);
  process.exit(2);
};
if (id === undefined || others.length > 0) stop('say the id: npm run new-control my-control');
const { controls } = loadCatalogue(checkout);
const before = [...controls.values()].find(({ renamedFrom }) => renamedFrom.includes(id!));
if (before !== undefined) stop(`${before.id} was called ${id} before, and ids are never used again`);
if (existsSync(folder)) stop(`${path.relative(process.cwd(), folder)} is there already`);
const files = scaffold(id!);
if (typeof files === 'string') stop(files);
mkdirSync(folder);
for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
rewritePreludes(checkout);
process.stdout.write(
  `${path.relative(process.cwd(), folder)}: change its files, then npx . test controls/${id}\n`,
);
