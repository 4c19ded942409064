import type { Report } from '../../model/finding.ts';
import { count } from '../summary.ts';
import type { HtmlOptions, Limits } from './html-options.ts';
import { h, type Markup, type Tag } from './markup.ts';

/** What was looked at and what was not, with the reasons for what is unknown. */
export function coverageView({ controls, coverage, summary }: Report): Tag {
  const { files, notManifests, objects, renderingNeeded } = coverage;
  const reasons = Object.entries(coverage.unknown).sort((a, b) => b[1] - a[1]);
  const judged =
    summary.verdicts.pass + summary.verdicts.fail + summary.verdicts.unknown + summary.verdicts.error;
  return h(
    'section',
    { id: 'coverage', 'aria-labelledby': 'coverage-title' },
    h('h2', { id: 'coverage-title' }, 'Coverage'),
    h(
      'p',
      {},
      `Looked at ${count(objects, 'object')} in ${count(files, 'file')} with ${count(Object.keys(controls).length, 'control')}; `,
      `${count(judged, 'judgement')}: `,
      `${summary.verdicts.pass} pass, ${summary.verdicts.fail} fail`,
      summary.suppressed > 0 ? ` (${summary.suppressed} of them accepted)` : undefined,
      `, ${summary.verdicts.unknown} unknown`,
      summary.verdicts.error > 0 ? `, ${count(summary.verdicts.error, 'error')}` : undefined,
      '.',
      notManifests > 0
        ? ` ${count(notManifests, 'file')} ${notManifests === 1 ? 'is no manifest' : 'are no manifests'}.`
        : undefined,
    ),
    reasons.length === 0
      ? undefined
      : h(
          'div',
          {},
          h('h3', {}, 'Why something is unknown'),
          h(
            'ul',
            { class: 'reasons' },
            ...reasons.map(([reason, number]) => h('li', {}, h('b', {}, String(number)), ` ${reason}`)),
          ),
        ),
    renderingNeeded.length === 0
      ? undefined
      : h(
          'div',
          {},
          h('h3', {}, 'Folders that need rendering'),
          h(
            'ul',
            { class: 'folders' },
            ...some(
              renderingNeeded.map((folder) => h('li', {}, h('bdi', {}, folder))),
              200,
            ),
          ),
        ),
  );
}

/** What is wrong with the input itself; undefined where nothing is. */
export function problemsView({ problems }: Report, { problems: most }: Limits): Markup {
  if (problems.length === 0) return undefined;
  const sorted = [...problems].sort(
    (a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'),
  );
  const items = sorted.map(({ column, file, line, reason, severity }) =>
    h(
      'li',
      {},
      h('span', { class: `problem ${severity}` }, severity),
      ' ',
      h('bdi', { class: 'place' }, line === 0 ? file : `${file}:${line}:${column}`),
      ' ',
      h('span', { class: 'reason' }, reason),
    ),
  );
  return h(
    'section',
    { id: 'problems', 'aria-labelledby': 'problems-title' },
    h('h2', { id: 'problems-title' }, 'Problems of the input'),
    h('ul', { class: 'problems' }, ...some(items, most)),
  );
}

function some(items: readonly Tag[], most: number): Tag[] {
  if (items.length <= most) return [...items];
  return [...items.slice(0, most), h('li', { class: 'left-out' }, `and ${items.length - most} more`)];
}

/** The controls that say nothing of any object; undefined where all say something. */
export function silentView({ controls, findings }: Report): Markup {
  const speaking = new Set(findings.map(({ control }) => control));
  const silent = Object.entries(controls).filter(([id]) => !speaking.has(id));
  if (silent.length === 0) return undefined;
  return h(
    'details',
    { class: 'silent' },
    h('summary', {}, `${count(silent.length, 'control')} with nothing to report`),
    h('p', {}, 'Everything they apply to passes, or they apply to nothing here.'),
    h(
      'ul',
      {},
      ...silent.map(([id, { title }]) =>
        h('li', {}, h('bdi', { class: 'id' }, id), ` ${title === id ? '' : title}`),
      ),
    ),
  );
}

/** What made the page. */
export function colophon({ elapsedMilliseconds, version }: HtmlOptions): Tag {
  const seconds = (elapsedMilliseconds / 1000).toFixed(2);
  return h(
    'footer',
    {},
    h(
      'p',
      {},
      `Scantling ${version}. The scan took `,
      h('span', {}, `${seconds} s`),
      '. This page loads nothing from anywhere.',
    ),
  );
}
