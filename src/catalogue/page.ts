import type { Json } from '../model/object.ts';
import { practiceName } from '../model/practice.ts';
import type { Catalogue } from './catalogue.ts';
import { isMapping } from './complaint.ts';
import type { Control, PolicyVariant } from './control.ts';
import type { VersionRange } from './versions.ts';

/** All generated pages of `docs/controls/`: file name -> text. */
export function cataloguePages(catalogue: Catalogue): ReadonlyMap<string, string> {
  const pages = new Map([['README.md', indexPage(catalogue)]]);
  for (const control of catalogue.controls.values()) {
    pages.set(`${control.id}.md`, controlPage(control, catalogue));
  }
  return pages;
}

/** Titles of the frameworks a control may name. */
const frameworkNames: Readonly<Record<string, string>> = {
  pss: 'Pod Security Standards',
  'cis-1.12': 'CIS Kubernetes Benchmark 1.12',
  nsa: 'NSA/CISA Kubernetes Hardening Guide',
  mitre: 'MITRE ATT&CK',
  'owasp-k8s-2025': 'OWASP Kubernetes Top Ten 2025',
};

/** The page of a control as Markdown: why, what to do, the rule, and where else it is known. */
export function controlPage(control: Control, catalogue: Catalogue): string {
  const profiles = [...catalogue.profiles.values()].filter(({ controls }) => controls.includes(control.id));
  const parts = [
    `# ${control.id}`,
    capitalised(control.title),
    table([
      ['severity', severityOf(control)],
      ['practice', `${control.practice} ${practiceName(control.practice)}`],
      ['profiles', profiles.map(({ name }) => name).join(', ')],
      ['Kubernetes', describeRange(control.kubernetes)],
      ['nursery', control.nursery ? 'new, and in no profile yet' : ''],
      ['called before', control.renamedFrom.join(', ')],
      ['judges', derivationOf(control)],
      ['told once by', control.impliedBy.map((id) => `[${id}](${id}.md), where both fail`).join(', ')],
    ]),
    `**Why.** ${control.why}`,
    `**Fix.** ${control.fix}`,
    autofixOf(control),
    parameters(control),
    ...control.variants.map((variant, index) => rule(control, variant, index)),
    named('Frameworks', control.frameworks, (name) => frameworkNames[name] ?? name),
    named('The same check elsewhere', control.aliases, (name) => name),
    control.references.length === 0 ? '' : `## Read further\n${list(control.references)}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The table of all controls as Markdown. */
export function indexPage(catalogue: Catalogue): string {
  const profiles = [...catalogue.profiles.values()].map(
    ({ name, title, controls }) => `| \`${name}\` | ${controls.length} | ${title} |`,
  );
  const controls = [...catalogue.controls.values()].map(
    ({ id, severity, title }) => `| [${id}](${id}.md) | ${severity} | ${title} |`,
  );
  return `# Controls

Made from \`controls/\` and \`profiles/\` by \`npm run docs\`.

| control | severity | title |
|---|---|---|
${controls.join('\n')}

## Profiles

| profile | controls | title |
|---|---|---|
${profiles.join('\n')}
`;
}

/** Of a control on what all objects together show: what that is, which `docs/derivations.md` explains. */
function derivationOf({ derivation }: Control): string {
  if (derivation === undefined) return '';
  return `what all objects together show ([${derivation}](../derivations.md))`;
}

function severityOf({ severity, severityWhenBound }: Control): string {
  if (severityWhenBound === undefined) return severity;
  return `${severity}; ${severityWhenBound} where a binding of the input gives the role to somebody`;
}

/** What `scantling fix` does about it, or why it does nothing. */
function autofixOf({ autofix, id }: Control): string {
  if (autofix === undefined) return '';
  if (autofix.kind === 'none') return `**Autofix.** None: ${sentence(autofix.reason)}`;
  const file = `[fix.yaml](../../controls/${id}/fix.yaml)`;
  return autofix.kind === 'safe'
    ? `**Autofix.** \`scantling fix\` does this (${file}).`
    : `**Autofix.** \`scantling fix --unsafe\` does this (${file}): ${sentence(autofix.note)}`;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const lines = rows.filter(([, value]) => value !== '').map(([name, value]) => `| ${name} | ${value} |`);
  return ['| | |', '|---|---|', ...lines].join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function describeRange({ from, until }: VersionRange): string {
  if (from === undefined && until === undefined) return '';
  if (until === undefined) return `since 1.${from}`;
  return from === undefined ? `until 1.${until}` : `1.${from} to 1.${until}`;
}

function parameters(control: Control): string {
  const rows = Object.entries(control.parameters).map(
    ([name, { type, default: value, description }]) =>
      `| \`${name}\` | ${type} | \`${JSON.stringify(value)}\` | ${description} |`,
  );
  if (rows.length === 0) return '';
  const head = ['## Parameters', '| name | type | default | |', '|---|---|---|---|'];
  return [...head, ...rows, '', 'Not applicable while none is set.'].join('\n');
}

/** The variables that are the control's own and its validations; the prelude is the same everywhere and left out. */
function rule(control: Control, { file, policy, until }: PolicyVariant, index: number): string {
  const before = control.variants[index - 1]?.until;
  const range = describeRange({
    from: before === undefined ? undefined : before + 1,
    until,
  });
  const spec = isMapping(policy['spec']) ? policy['spec'] : {};
  const lines: string[] = [];
  for (const variable of mappings(spec['variables'])) {
    if (sharedVariables.has(String(variable['name']))) continue;
    lines.push(`${String(variable['name'])} =\n${indented(variable['expression'])}`);
  }
  for (const validation of mappings(spec['validations'])) {
    lines.push(`must be true:\n${indented(validation['expression'])}`);
  }
  const title = range === '' ? '## Rule' : `## Rule, Kubernetes ${range}`;
  const link = `[${file}](../../controls/${control.id}/${file})`;
  return `${title}\n${link}\n\`\`\`text\n${lines.join('\n')}\n\`\`\``;
}

/** What the preludes define. */
const sharedVariables = new Set(['pod', 'containers', 'annotations', 'effective', 'servicePorts']);

function mappings(value: Json | undefined): readonly { readonly [key: string]: Json }[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((one) => isMapping(one)) : [];
}

function indented(expression: Json | undefined): string {
  return wrapped(String(expression).trim(), 110)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Breaks a text at spaces. A text in quotes that is broken stays readable, and nothing reads it back. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function named(
  title: string,
  entries: Readonly<Record<string, readonly string[]>>,
  nameOf: (key: string) => string,
): string {
  const lines = Object.entries(entries).map(([key, ids]) => `${nameOf(key)}: ${ids.join(', ')}`);
  return lines.length === 0 ? '' : `## ${title}\n${list(lines)}`;
}
