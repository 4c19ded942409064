import type { Posture, Report } from '../../model/finding.ts';
import type { ObjectReference } from '../../model/object.ts';
import { practices } from '../../model/practice.ts';
import { count } from '../summary.ts';
import { bar } from './bar.ts';
import { h, type Markup, type Tag } from './markup.ts';

/**
 * How each practice stands: objects that fail its controls, that it cannot tell of, that pass. Those of which nothing was judged
 * are named below, so that they hide nothing and are not taken for passes.
 */
export function postureView(report: Report): Tag {
  const undecided = undecidedObjects(report);
  const byName = new Map(report.summary.posture.map((row) => [row.practice, row]));
  const rows = practices.flatMap((practice, i) => {
    const row = byName.get(practice);
    return row === undefined || row.objects === 0 ? [] : postureRow(row, i + 1, undecided.get(i + 1) ?? 0);
  });
  const controls = count(Object.keys(report.controls).length, 'control');
  return h(
    'section',
    { id: 'posture', 'aria-labelledby': 'posture-title' },
    h('h2', { id: 'posture-title' }, 'Posture by practice'),
    ...(rows.length === 0 ? [] : [legend(), h('ul', { class: 'posture' }, ...rows)]),
    unjudged(
      'Nothing to judge here',
      practices.filter((practice) => byName.get(practice)?.objects === 0),
    ),
    unjudged(
      `Not looked at by the ${controls} of this scan`,
      practices.filter((practice) => !byName.has(practice)),
    ),
  );
}

function unjudged(what: string, names: readonly string[]): Markup {
  return names.length === 0
    ? undefined
    : h('p', { class: 'unjudged' }, h('b', {}, `${what}: `), `${names.join(', ')}.`);
}

function legend(): Tag {
  const words = [
    ['fail', 'fails'],
    ['unknown', 'unknown'],
    ['accepted', 'accepted'],
    ['pass', 'passes'],
  ];
  return h(
    'p',
    { class: 'legend', 'aria-hidden': 'true' },
    ...words.map(([kind, word]) => h('span', {}, h('i', { class: `swatch ${kind}` }), word)),
  );
}

function postureRow(
  { failing, objects, practice, suppressed = 0 }: Posture,
  number: number,
  unsure: number,
): Tag {
  const unknown = Math.min(unsure, objects - failing - suppressed);
  const words = [
    `${failing} of ${count(objects, 'object')} ${failing === 1 ? 'fails' : 'fail'}`,
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(suppressed > 0 ? [`${suppressed} accepted`] : []),
  ];
  return h(
    'li',
    {},
    failing + unknown + suppressed === 0
      ? h('span', { class: 'practice' }, practice)
      : h('a', { class: 'practice', href: `#practice=${number}` }, practice),
    bar([
      { value: failing, kind: 'fail' },
      { value: unknown, kind: 'unknown' },
      { value: suppressed, kind: 'accepted' },
      { value: objects - failing - unknown - suppressed, kind: 'pass' },
    ]),
    h('span', { class: 'words' }, words.join(', ')),
  );
}

/** By number of the practice: objects of which some control of it cannot tell, and none says that they fail. */
function undecidedObjects({ controls, findings }: Report): Map<number, number> {
  const unsure = new Map<number, Set<ObjectReference>>();
  const failing = new Map<number, Set<ObjectReference>>();
  for (const { control, object, verdict } of findings) {
    if (verdict === 'pass' || verdict === 'not-applicable' || !Object.hasOwn(controls, control)) continue;
    const { practice } = controls[control]!;
    const sets = verdict === 'fail' ? failing : unsure;
    const known = sets.get(practice);
    if (known === undefined) sets.set(practice, new Set([object]));
    else known.add(object);
  }
  return new Map(
    [...unsure].map(([practice, objects]) => {
      const failed = failing.get(practice);
      return [practice, [...objects].filter((object) => failed?.has(object) !== true).length];
    }),
  );
}
