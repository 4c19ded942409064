// Writes docs/controls/: a page for each control, and their table.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkout, loadCatalogue } from '../src/catalogue/load.ts';
import { cataloguePages } from '../src/catalogue/page.ts';

const folder = path.join(checkout, 'docs/controls');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const pages = cataloguePages(loadCatalogue(checkout));
for (const [file, text] of pages) writeFileSync(path.join(folder, file), text);
process.stdout.write(`${pages.size} pages in docs/controls\n`);
