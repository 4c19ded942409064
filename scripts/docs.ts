// Writes docs/controls/, a page for each control and their table, and docs/coverage.md.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadCoverage } from '../src/catalogue/coverage.ts';
import { coveragePage } from '../src/catalogue/coverage-page.ts';
import { checkout, loadCatalogue } from '../src/catalogue/load.ts';
import { cataloguePages } from '../src/catalogue/page.ts';

const folder = path.join(checkout, 'docs/controls');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const catalogue = loadCatalogue(checkout);
const pages = cataloguePages(catalogue);
for (const [file, text] of pages) writeFileSync(path.join(folder, file), text);
writeFileSync(path.join(checkout, 'docs/coverage.md'), coveragePage(catalogue, loadCoverage(checkout)));
process.stdout.write(`${pages.size} pages in docs/controls\n`);
