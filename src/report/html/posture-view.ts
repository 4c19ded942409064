import type { Posture, Report } from '../../model/finding.ts';
import type { ObjectReference } from '../../model/object.ts';
import { practices } from '../../model/practice.ts';
import { count } from '../summary.ts';
import { bar } from './bar.ts';
import { h, type Tag } from './markup.ts';

/** How each of the practices stands: objects that fail its controls, that it cannot tell of, that pass; and those not looked at. */
export function postureView(report: Report): Tag {
  const undecided = undecidedObjects(report);
  const byName = new Map(report.summary.posture.map((row) => [row.practice, row]));
  const rows = practices.map((practice, i) => {
    const row = byName.get(practice);
    return row === undefined ? notLookedAt(practice) : postureRow(row, i + 1, undecided.get(i + 1) ?? 0);
  });
  return h(
    'section',
    { id: 'posture', 'aria-labelledby': 'posture-title' },
    h('h2', { id: 'posture-title' }, 'Posture by practice'),
    legend(),
    h('ul', { class: 'posture' }, ...rows),
  );
}

function legend(): Tag {
  const words = [
    ['fail', 'fails'],
    ['unknown', 'unknown'],
    ['accepted', 'accepted'],
    ['pass', 'passes'],
    ['none', 'not looked at'],
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
  const words =
    objects === 0
      ? 'nothing to judge'
      : [
          `${failing} of ${count(objects, 'object')} ${failing === 1 ? 'fails' : 'fail'}`,
          ...(unknown > 0 ? [`${unknown} unknown`] : []),
          ...(suppressed > 0 ? [`${suppressed} accepted`] : []),
        ].join(', ');
  return h(
    'li',
    { class: objects === 0 ? 'empty' : undefined },
    failing + unknown + suppressed === 0
      ? h('span', { class: 'practice' }, practice)
      : h('a', { class: 'practice', href: `#practice=${number}` }, practice),
    bar(
      objects === 0
        ? [{ value: 1, kind: 'none' }]
        : [
            { value: failing, kind: 'fail' },
            { value: unknown, kind: 'unknown' },
            { value: suppressed, kind: 'accepted' },
            { value: objects - failing - unknown - suppressed, kind: 'pass' },
          ],
    ),
    h('span', { class: 'words' }, words),
  );
}

function notLookedAt(practice: string): Tag {
  return h(
    'li',
    { class: 'empty' },
    h('span', { class: 'practice' }, practice),
    bar([{ value: 1, kind: 'none' }]),
    h('span', { class: 'words' }, 'not looked at'),
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
