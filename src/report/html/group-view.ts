import { practiceName } from '../../model/practice.ts';
import type { Finding } from '../../model/finding.ts';
import { codeView, diffView } from './code-view.ts';
import type { Entry, EntryGroup } from './entry.ts';
import { entryView, type EntryFacts } from './entry-view.ts';
import { excerpt, type ExcerptLine, type SourceLines } from './excerpt.ts';
import type { HtmlOptions, Limits } from './html-options.ts';
import { formatLine } from './line.ts';
import { h, type Markup, type Tag } from './markup.ts';
import { externalLink } from './link.ts';
import type { Concealer } from './secrets.ts';
import { statuses, statusWords } from './status.ts';

/** What the views of all controls share; the counters say how much of the limits is left. */
export interface Views {
  readonly options: HtmlOptions;
  readonly limits: Limits;
  readonly linesOf: (file: string) => SourceLines | undefined;
  readonly conceal: Concealer;
  readonly left: { entries: number; fixes: number; lines: number };
}

/** One control with all that it says: what and why, then object by object, the many beyond the limits in one line each. */
export function groupView(group: EntryGroup, isOpen: boolean, views: Views): Tag {
  const { control, entries, id, severity } = group;
  const { limits, left, options } = views;
  const full = Math.min(entries.length, limits.entriesOfControl, left.entries);
  left.entries -= full;
  const rest = entries.slice(full);
  const listed = rest.slice(0, left.lines);
  left.lines -= listed.length;
  const fixes = { left: limits.fixesOfControl, isFirst: true };
  const as = options.as === undefined ? [] : (control?.aliases[options.as] ?? []);
  return h(
    'details',
    { class: 'control', id: `control-${id}`, open: isOpen, 'data-practice': control?.practice },
    h(
      'summary',
      {},
      h('span', { class: `severity ${severity}` }, severity),
      ' ',
      h(
        'h3',
        {},
        h('bdi', { class: 'id' }, id),
        as.length === 0 ? undefined : ` (${as.join(', ')})`,
        control === undefined || control.title === id
          ? undefined
          : h('span', { class: 'title' }, ` ${control.title}`),
      ),
      ' ',
      h('span', { class: 'count' }, countWords(group)),
    ),
    h(
      'div',
      { class: 'body' },
      advice(group, views),
      h(
        'ol',
        { class: 'entries' },
        ...entries.slice(0, full).map((entry) => fullEntry(entry, group, fixes, views)),
      ),
      listed.length === 0 ? undefined : lineList(listed, views),
      listed.length === rest.length
        ? undefined
        : h(
            'p',
            { class: 'left-out' },
            `and ${rest.length - listed.length} more, which are not in this file; -o json has them`,
          ),
    ),
  );
}

/** `3 fail, 1 accepted`. */
function countWords({ counts }: EntryGroup): string {
  const words = statuses
    .filter((status) => counts[status] > 0)
    .map(
      (status) => `${counts[status]} ${status === 'fail' && counts.fail > 1 ? 'fail' : statusWords[status]}`,
    );
  return words.join(', ');
}

function advice({ control, counts, id }: EntryGroup, { options }: Views): Markup {
  if (control === undefined) return undefined;
  const aliases = Object.entries(control.aliases).filter(([, ids]) => ids.length > 0);
  const frameworks = Object.entries(control.frameworks).filter(([, ids]) => ids.length > 0);
  const row = (term: string, ...what: readonly Markup[]): Tag =>
    h('div', {}, h('dt', {}, term), h('dd', {}, ...what));
  return h(
    'dl',
    { class: 'advice' },
    control.why === '' ? undefined : row('Why', ...withCode(control.why)),
    control.fix === '' ? undefined : row('Fix', ...withCode(control.fix)),
    counts.fail === 0 || options.fixOf === undefined
      ? undefined
      : row('Mend', h('code', {}, `scantling fix --only ${id} --diff`)),
    row('Practice', practiceName(control.practice)),
    frameworks.length === 0
      ? undefined
      : row('Asked for by', frameworks.map(([name, ids]) => `${name} ${ids.join(' ')}`).join(', ')),
    aliases.length === 0
      ? undefined
      : row('Elsewhere', aliases.map(([tool, ids]) => `${tool} ${ids.join(' ')}`).join(', ')),
    control.references.length === 0 ? undefined : row('Read', ...control.references.flatMap(reference)),
  );
}

const reference = (url: string, index: number): Markup[] => [
  ...(index === 0 ? [] : [h('br', {})]),
  externalLink(url),
];

/** Text with what stands between backticks as code. */
function withCode(text: string): Markup[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? h('code', {}, part) : part));
}

function fullEntry(
  entry: Entry,
  { control }: EntryGroup,
  fixes: { left: number; isFirst: boolean },
  views: Views,
): Tag {
  const { findings, object } = entry;
  const { limits, left } = views;
  const conceals = control?.conceals === true;
  const frames = findings.slice(0, limits.frames).map((finding) => frame(finding, conceals, views));
  const others = findings.slice(limits.frames);
  // A diff would show what a control about secrets found, and everything that stands in a Secret.
  const mayShow = entry.failure !== undefined && !conceals && object.kind !== 'Secret';
  const isAsked = mayShow && fixes.left > 0 && left.fixes > 0;
  if (isAsked) {
    fixes.left--;
    left.fixes--;
  }
  const fix = isAsked ? fixView(entry, fixes.isFirst, views) : undefined;
  if (fix !== undefined) fixes.isFirst = false;
  return entryView(
    factsOf(entry, views),
    acceptedView(entry),
    ...frames,
    others.length === 0 ? undefined : pathList(others, limits.paths),
    fix,
  );
}

function factsOf({ findings: [first], object, severity, status }: Entry, { conceal }: Views): EntryFacts {
  const { location, message, reason } = first;
  const { kind, name, namespace } = object;
  const place = location === undefined ? '' : `${location.file}:${location.line}`;
  const words = [message, reason].filter((part) => part !== '').join(': ');
  const says = location === undefined ? words : conceal(location.file, words);
  return { status, severity, kind, namespace, name, place, says };
}

function acceptedView({ findings: [{ suppression }] }: Entry): Markup {
  if (suppression === undefined) return undefined;
  const { by, reason, until } = suppression;
  const words = { annotation: 'Accepted by an annotation', baseline: 'Accepted', since: 'Not new' }[by];
  return h(
    'p',
    { class: 'suppression' },
    `${words}: ${reason}${until === undefined ? '' : `, until ${until}`}`,
  );
}

function frame(finding: Finding, conceals: boolean, { conceal, linesOf }: Views): Markup {
  const { location, path } = finding;
  const lines = location === undefined ? undefined : linesOf(location.file);
  const shown = location === undefined || lines === undefined ? [] : excerpt(lines, location);
  if (shown.length === 0) {
    const words = [path, location === undefined ? '' : placeOf(finding)].filter((part) => part !== '');
    return words.length === 0 ? undefined : h('p', { class: 'path' }, h('bdi', {}, words.join('  ')));
  }
  const isSecret = (number: number): boolean => number >= location!.line && number <= location!.endLine;
  const kept = conceals ? shown.filter(({ number }) => isSecret(number)) : shown;
  return codeView(
    kept.map((line) => covered(line, conceal(location!.file, line.text))),
    path,
  );
}

/** The line with secrets covered; its span is then the whole line, whose length tells nothing. */
function covered(line: ExcerptLine, text: string): ExcerptLine {
  if (text === line.text) return line;
  const isSpan = line.to > line.from;
  const from = text.length - text.trimStart().length;
  return { number: line.number, text, from: isSpan ? from : 0, to: isSpan ? text.length : 0 };
}

function pathList(findings: readonly Finding[], most: number): Markup {
  const named = findings.slice(0, most);
  const more = findings.length - named.length;
  return h(
    'ul',
    { class: 'paths' },
    ...named.map((finding) =>
      h(
        'li',
        {},
        h('bdi', { class: 'path' }, finding.path),
        ' ',
        h('span', { class: 'place' }, placeOf(finding)),
      ),
    ),
    more === 0 ? undefined : h('li', { class: 'left-out' }, `and ${more} more in the same object`),
  );
}

/** `deploy/web.yaml:12:3`, or empty. */
function placeOf({ location }: Finding): string {
  return location === undefined ? '' : `${location.file}:${location.line}:${location.column}`;
}

function fixView(
  { failure, findings: [first] }: Entry,
  isOpen: boolean,
  { conceal, options }: Views,
): Markup {
  const preview = options.fixOf?.(failure!);
  if (preview === undefined) return undefined;
  if (typeof preview === 'string') return h('p', { class: 'no-fix' }, `No automatic fix: ${preview}`);
  const { diff, kind, note } = preview;
  const file = first.location?.file ?? '';
  return h(
    'details',
    { class: 'fix', open: isOpen },
    h('summary', {}, 'The fix ', h('span', { class: `tag ${kind}` }, kind)),
    note === '' ? undefined : h('p', {}, `It may change behaviour: ${note}`),
    diffView(conceal(file, diff)),
  );
}

function lineList(entries: readonly Entry[], views: Views): Tag {
  const text = entries.map((entry) => oneLine(entry, views)).join('\n');
  const words = `${entries.length} more, one a line`;
  return h('details', { class: 'rest' }, h('summary', {}, words), h('pre', {}, text));
}

function oneLine(entry: Entry, views: Views): string {
  const [first, ...others] = entry.findings;
  const path = `${first.path}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  return formatLine({ ...factsOf(entry, views), place: placeOf(first), path });
}
