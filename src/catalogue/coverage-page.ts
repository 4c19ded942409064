import type { Catalogue } from './catalogue.ts';
import type { CoverageHeading, CoverageLine, WaitsFor } from './coverage.ts';

const needNames: Readonly<Record<WaitsFor, string>> = {
  node: 'facts of the nodes',
  network: 'who reaches whom',
  rbac: 'all roles and bindings together',
  input: 'other input than objects',
  derivation: 'something worked out of all objects',
  choice: 'a rule of your own',
  refused: '',
};

/** `docs/coverage.md`: what becomes of every check that other tools have, and which controls mend what they find. */
export function coveragePage(catalogue: Catalogue, headings: readonly CoverageHeading[]): string {
  const all = headings.flatMap(({ lines }) => lines);
  const judged = all.filter(isJudged).length;
  const controls = [...catalogue.controls.values()];
  const fixes = (kind: string): number => controls.filter(({ autofix }) => autofix?.kind === kind).length;
  const silent = controls.filter(({ autofix }) => autofix === undefined).map(({ id }) => `\`${id}\``);
  return `# Coverage

Made from \`controls/\` by \`npm run docs\`.

Catalogues and documentation of other tools name ${all.length} checks. Objects alone decide ${judged} of them, by ${controls.length} controls; ${all.length - judged} wait for something else or are left out on purpose.

| heading | checks | judged | not judged |
|---|---|---|---|
${headings.map(row).join('\n')}

Of the ${controls.length} controls ${fixes('safe')} have a safe fix, ${fixes('unsafe')} one that may change how programs behave, and ${fixes('none')} none because there is not one right value.${silent.length === 0 ? '' : ` Nothing is said by ${silent.join(', ')}.`}

${headings
  .filter(({ lines }) => lines.length > 0)
  .map(section)
  .join('\n\n')}

## Controls without a fix

${controls
  .flatMap(({ autofix, id }) =>
    autofix?.kind === 'none' ? [`- [${id}](controls/${id}.md): ${autofix.reason}`] : [],
  )
  .join('\n')}
`;
}

/** Whether controls judge a check, if only in part. */
export function isJudged({ controls }: CoverageLine): boolean {
  return controls.length > 0;
}

function row({ lines, number, title }: CoverageHeading): string {
  const judged = lines.filter(isJudged).length;
  return `| ${number} ${title} | ${lines.length} | ${judged} | ${lines.length - judged} |`;
}

function section({ lines, number, title }: CoverageHeading): string {
  const rows = lines.map((line) => `| ${cell(line.line)} | ${cell(answer(line))} |`);
  return `## ${number} ${title}\n\n| check | |\n|---|---|\n${rows.join('\n')}`;
}

function answer({ controls, needs, why }: CoverageLine): string {
  const links = controls.map((id) => `[${id}](controls/${id}.md)`).join(', ');
  if (needs === undefined) return why === '' ? links : `${links}; ${why}`;
  const waits = needs === 'refused' ? `left out: ${why}` : `waits for ${needNames[needs]}: ${why}`;
  return links === '' ? waits : `${links}; the rest ${waits}`;
}

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
