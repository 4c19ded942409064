import type { Catalogue } from '../../catalogue/catalogue.ts';
import { failOnValues } from '../../config/settings.ts';
import { severities } from '../../model/severity.ts';
import { knownNames } from '../known-names.ts';

/** A word that may stand where somebody types in a configuration. */
export interface Completion {
  readonly label: string;
  /** What it means, in a line. */
  readonly detail: string;
  readonly insert: string;
}

/** The keys of a configuration; those after the first four count for the whole file only. */
const keys: Readonly<Record<string, string>> = {
  profile: 'profiles to judge by',
  failOn: 'the least severity that fails a scan',
  severity: 'severity of single controls, or off',
  params: 'parameters of controls',
  kubernetesVersion: 'the version whose rules apply',
  exclude: 'files and folders to leave out',
  policy: 'files and folders of policies of your own',
  paths: 'other settings for some files',
  exceptions: 'what is accepted, and why',
};
const exceptionKeys: Readonly<Record<string, string>> = {
  controls: 'what is accepted',
  reason: 'why it is accepted',
  until: 'the last day it is, YYYY-MM-DD',
  owner: 'who answers for it',
  match: 'which objects it is about',
};
const sectionKeys = ['profile', 'failOn', 'severity', 'params'];

/**
 * What may stand at an offset of a `.scantling.yaml`. The text is looked at line by line, since what is being typed is
 * seldom YAML yet.
 */
export function completionsAt(text: string, offset: number, catalogue: Catalogue): readonly Completion[] {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const line = before.pop()!;
  const { inValue, indent, isItem, key } = read(line);
  const parents = parentsOf(before, indent, isItem);
  const place = [...parents, ...(inValue ? [key] : [])].filter((step) => step !== 'paths[]');
  const isSection = parents[0] === 'paths[]';
  const [setting, control] = place;
  if (setting === undefined) return inValue ? [] : keyCompletions(isSection);
  return valuesOf(setting, control, inValue || isItem, catalogue);
}

function valuesOf(
  setting: string,
  control: string | undefined,
  isValue: boolean,
  catalogue: Catalogue,
): readonly Completion[] {
  switch (setting) {
    case 'profile':
      return isValue ? [...catalogue.profiles.values()].map(({ name, title }) => word(name, title)) : [];
    case 'failOn':
      return isValue ? failOnValues.map((value) => word(value, '')) : [];
    case 'kubernetesVersion':
      return knownNames(catalogue).kubernetesVersions.map((value) => ({
        label: value,
        detail: '',
        insert: `"${value}"`,
      }));
    case 'severity':
      if (control === undefined) return isValue ? [] : controlKeys(catalogue);
      return isValue ? [...severities, 'off'].map((value) => word(value, '')) : [];
    case 'params': {
      if (control === undefined) return isValue ? [] : controlKeys(catalogue, true);
      const parameters = Object.entries(catalogue.controls.get(control)?.parameters ?? {});
      return isValue ? [] : parameters.map(([name, { description }]) => asKey(name, description));
    }
    case 'exceptions':
      if (control === undefined)
        return Object.entries(exceptionKeys).map(([key, detail]) => asKey(key, detail));
      return control === 'controls' && isValue
        ? [...catalogue.controls.values()].map(({ id, title }) => word(id, title))
        : [];
    default:
      return [];
  }
}

function keyCompletions(isSection: boolean): readonly Completion[] {
  const own = Object.entries(keys).filter(([key]) => !isSection || sectionKeys.includes(key));
  const match = isSection ? [asKey('match', 'globs of the files that this section is for')] : [];
  return [...match, ...own.map(([key, detail]) => asKey(key, detail))];
}

function controlKeys({ controls }: Catalogue, withParameters = false): readonly Completion[] {
  return [...controls.values()]
    .filter(({ parameters }) => !withParameters || Object.keys(parameters).length > 0)
    .map(({ id, title }) => asKey(id, title));
}

const word = (label: string, detail: string): Completion => ({ label, detail, insert: label });
const asKey = (label: string, detail: string): Completion => ({ label, detail, insert: `${label}: ` });

interface Line {
  /** Column of the first thing that is no blank and no dash. */
  readonly indent: number;
  readonly isItem: boolean;
  /** The key on the line, as far as there is one. */
  readonly key: string;
  /** Whether the end of the line stands behind the key's colon. */
  readonly inValue: boolean;
}

function read(line: string): Line {
  const [, blanks = '', dash = '', rest = ''] = /^( *)((?:- +)*)(.*)$/.exec(line) ?? [];
  const key = /^["']?([^"'\s:#]+)["']?:(?:\s|$)/.exec(rest)?.[1];
  return {
    indent: blanks.length + dash.length,
    isItem: dash !== '',
    key: key ?? '',
    inValue: key !== undefined,
  };
}

/** The keys above that lead to a line with this indentation; an item of `paths` is a step `paths[]`. */
function parentsOf(lines: readonly string[], indent: number, isItem: boolean): string[] {
  const parents: string[] = [];
  // A list may stand in the column of its key.
  let column = isItem ? indent - 1 : indent;
  for (const line of lines.toReversed()) {
    if (column <= 0) break;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const { indent: own, isItem: ownItem, key } = read(line);
    const start = /^ */.exec(line)![0].length;
    if (key === '') continue;
    if (own < column) {
      parents.unshift(key === 'paths' ? 'paths[]' : key);
      column = ownItem ? Math.max(start, 1) : own;
    } else if (ownItem && start < column) {
      column = Math.max(start, 1);
    }
  }
  return parents;
}
