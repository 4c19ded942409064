import type { Report } from '../../model/finding.ts';
import { severities } from '../../model/severity.ts';
import { count } from '../summary.ts';
import { bar } from './bar.ts';
import type { HtmlOptions } from './html-options.ts';
import { h, type Tag } from './markup.ts';

/** The head of the page: how it stands in one sentence, by severity, and what the program said at the end. */
export function overview({ coverage, summary }: Report, options: HtmlOptions): Tag {
  const { failures, failingObjects, verdicts } = summary;
  const all = severities.reduce((sum, severity) => sum + failures[severity], 0);
  const objects = count(coverage.objects, 'object');
  const facts: [number, string][] = [
    [summary.suppressed, 'accepted'],
    [verdicts.unknown, 'unknown'],
    [verdicts.error, verdicts.error === 1 ? 'error' : 'errors'],
  ];
  const tone = summary.exitCode === 0 ? 'good' : summary.exitCode === 1 ? 'bad' : 'doubtful';
  return h(
    'header',
    { class: 'page-head' },
    h(
      'p',
      { class: 'what' },
      h('span', { class: 'brand' }, 'Scantling'),
      ' report of ',
      h('bdi', {}, options.inputs.join(' ')),
      ', ',
      h('time', { datetime: options.date }, options.date),
    ),
    h(
      'h1',
      {},
      all === 0 ? `No failures in ${objects}` : `${count(all, 'failure')} in ${failingObjects} of ${objects}`,
    ),
    bar(
      all === 0
        ? [{ value: coverage.objects === 0 ? 0 : 1, kind: 'pass' }]
        : severities.map((severity) => ({ value: failures[severity], kind: severity })),
    ),
    h(
      'ul',
      { class: 'severities' },
      ...severities.map((severity) =>
        h(
          'li',
          { class: failures[severity] === 0 ? 'none' : severity },
          h('b', {}, String(failures[severity])),
          ` ${severity}`,
        ),
      ),
      ...facts
        .filter(([number]) => number > 0)
        .map(([number, word]) => h('li', { class: 'other' }, h('b', {}, String(number)), ` ${word}`)),
    ),
    h('p', { class: `ending ${tone}` }, h('b', {}, `exit ${summary.exitCode}`), `: ${summary.exitReason}`),
  );
}
