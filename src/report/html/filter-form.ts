import { practiceName } from '../../model/practice.ts';
import { severities } from '../../model/severity.ts';
import type { EntryGroup } from './entry.ts';
import { h, type Tag } from './markup.ts';
import { statuses, statusWords } from './status.ts';

/** Values of one filter that are offered; the search finds the others. */
const mostValues = 500;

/** What the entries are filtered by. Hidden until the page's script can act on it. */
export function filterForm(groups: readonly EntryGroup[]): Tag {
  const entries = groups.flatMap((group) => group.entries);
  const present = new Set(entries.map(({ status }) => status));
  const namespaces = sorted(entries.map(({ object }) => object.namespace));
  const kinds = sorted(entries.map(({ object }) => object.kind));
  const numbers = new Set(groups.flatMap(({ control }) => (control === undefined ? [] : [control.practice])));
  return h(
    'form',
    { id: 'filter', role: 'search', 'aria-label': 'Filter the findings', hidden: true },
    h(
      'div',
      { class: 'field' },
      h('label', { for: 'search' }, 'Search'),
      h('input', { id: 'search', name: 'q', type: 'search', autocomplete: 'off', spellcheck: 'false' }),
    ),
    choices(
      'severity',
      'Severity',
      severities.map((severity) => [severity, severity]),
    ),
    choices(
      'status',
      'Verdict',
      statuses.filter((one) => present.has(one)).map((one) => [one, statusWords[one]]),
    ),
    select(
      'practice',
      'Practice',
      [...numbers].sort((a, b) => a - b).map((number) => [String(number), practiceName(number)]),
    ),
    select(
      'namespace',
      'Namespace',
      namespaces.map((name) => [name, name === '' ? 'none written' : name]),
    ),
    select(
      'kind',
      'Kind',
      kinds.map((kind) => [kind, kind]),
    ),
    h('button', { type: 'reset' }, 'Show everything'),
  );
}

function choices(name: string, title: string, values: readonly (readonly [string, string])[]): Tag {
  return h(
    'fieldset',
    { class: 'field' },
    h('legend', {}, title),
    ...values.map(([value, words]) =>
      h(
        'label',
        { class: `choice ${value}` },
        h('input', { type: 'checkbox', name, value }),
        h('span', { class: 'word' }, words),
        ' ',
        h('span', { class: 'number', 'data-count': `${name}=${value}` }),
      ),
    ),
  );
}

/** The value of an option has a mark before it, so that an empty namespace is not the same as any. */
function select(name: string, title: string, values: readonly (readonly [string, string])[]): Tag {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: name }, title),
    h(
      'select',
      { id: name, name },
      h('option', { value: '' }, 'any'),
      ...values
        .slice(0, mostValues)
        .map(([value, words]) => h('option', { value: `=${value}`, 'data-words': words }, words)),
    ),
  );
}

const sorted = (words: readonly string[]): string[] => [...new Set(words)].sort();
