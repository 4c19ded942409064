import type { Severity } from '../../model/severity.ts';
import { h, type Markup, type Tag } from './markup.ts';
import { type Status, statusWords } from './status.ts';

/** What stands at the head of an entry and what it is filtered by. */
export interface EntryFacts {
  readonly status: Status;
  readonly severity: Severity;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `file:line`, or empty. */
  readonly place: string;
  readonly says: string;
}

/** An entry of a control's list: the object, what is said of it, then `details`. The attributes are what a filter reads. */
export function entryView(facts: EntryFacts, ...details: readonly Markup[]): Tag {
  const { kind, name, namespace, place, says, severity, status } = facts;
  const attributes = {
    class: 'entry',
    'data-status': status,
    'data-severity': severity,
    'data-kind': kind,
    'data-namespace': namespace,
  };
  const shown = name === '' ? '(no name)' : name;
  return h(
    'li',
    attributes,
    h(
      'h4',
      {},
      status === 'fail' ? undefined : h('span', { class: `status ${status}` }, statusWords[status]),
      status === 'fail' ? undefined : ' ',
      h('span', { class: 'kind' }, kind),
      ' ',
      h('bdi', { class: 'name' }, namespace === '' ? shown : `${namespace}/${shown}`),
      place === '' ? undefined : ' ',
      place === '' ? undefined : h('bdi', { class: 'place' }, place),
    ),
    says === '' ? undefined : h('p', { class: 'says' }, says),
    ...details,
  );
}
