import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, transform } from 'esbuild';

/**
 * Packs the script and the style of the HTML report into src/report/html/page.generated.ts, which holds them as text: the
 * program writes them into every report, from a checkout as from a bundle. `npm run report-page` after a change; a test
 * compares.
 */
const folder = path.join(import.meta.dirname, '../src/report/html');

/** The script and the style as they should be. */
export async function reportPage(): Promise<{ script: string; style: string }> {
  const target = ['chrome111', 'firefox113', 'safari16.4'];
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, 'page/main.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    target,
    charset: 'ascii',
    legalComments: 'none',
    write: false,
  });
  const style = readFileSync(path.join(folder, 'page/page.css'), 'utf8');
  // The style keeps its nesting and its newest properties: what a browser does not know it passes over.
  const { code } = await transform(style, { loader: 'css', minify: true, legalComments: 'none' });
  const script = outputFiles[0]!.text.trim();
  for (const text of [script, code]) {
    if (/<\/|<!--/.test(text)) throw new Error('the page would end inside of its own script or style');
  }
  return { script, style: code.trim() };
}

if (process.argv[1] === import.meta.filename) {
  const { script, style } = await reportPage();
  const text = [
    '// Written by scripts/report-page.ts from page/main.ts and page/page.css; changes here are lost.\n',
    '/** What runs in the page. */',
    `export const pageScript = ${JSON.stringify(script)};\n`,
    '/** How the page looks. */',
    `export const pageStyle = ${JSON.stringify(style)};\n`,
  ];
  writeFileSync(path.join(folder, 'page.generated.ts'), text.join('\n'));
}
