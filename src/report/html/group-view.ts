import { practiceName } from '../../model/practice.ts';
import type { Finding } from '../../model/finding.ts';
import { coverCredentials } from '../credentials.ts';
import { idsOfFindings } from '../ids-as.ts';
import { references } from '../references.ts';
import { count } from '../summary.ts';
import { codeView, diffView } from './code-view.ts';
import type { Entry, EntryGroup } from './entry.ts';
import { entryView, type EntryFacts } from './entry-view.ts';
import { excerpt, type ExcerptLine } from './excerpt.ts';
import type { HtmlOptions, Limits } from './html-options.ts';
import { formatLine } from './line.ts';
import { h, type Markup, type Tag } from './markup.ts';
import { externalLink } from './link.ts';
import { dots, type Concealer } from './secrets.ts';
import type { Sources } from './sources.ts';
import { statuses, statusWords } from './status.ts';

/** What the views of all controls share; the counters say how much of the limits is left. */
export interface Views {
  readonly options: HtmlOptions;
  readonly limits: Limits;
  readonly sources: Sources;
  readonly conceal: Concealer;
  readonly left: { entries: number; fixes: number; lines: number };
}

/** The fixes of one control: how many may still be worked out, and of what kind they are, once one is known. */
interface Fixes {
  left: number;
  kind: 'safe' | 'unsafe' | undefined;
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
  const fixes: Fixes = { left: limits.fixesOfControl, kind: undefined };
  const shown = entries.slice(0, full).map((entry) => fullEntry(entry, group, fixes, views));
  const as = options.as === undefined ? [] : idsOfFindings(control, findingsOf(group), options.as);
  return h(
    'details',
    { class: 'control', id: `control-${id}`, open: isOpen, 'data-practice': control?.practice },
    h(
      'summary',
      {},
      h('span', { class: `severity ${severity}${group.counts.fail === 0 ? ' undecided' : ''}` }, severity),
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
      advice(group, fixes.kind, options.inputs),
      h('ol', { class: 'entries' }, ...shown),
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

/** `3 failures, 1 accepted`. */
function countWords({ counts }: EntryGroup): string {
  const words = statuses
    .filter((status) => counts[status] > 0)
    .map((status) =>
      status === 'fail' ? count(counts.fail, 'failure') : `${counts[status]} ${statusWords[status]}`,
    );
  return words.join(', ');
}

/** What the control is about; `mends` is how its fix is called, where it has one, and `inputs` what is to be mended. */
function advice({ control, id }: EntryGroup, mends: Fixes['kind'], inputs: readonly string[]): Markup {
  if (control === undefined) return undefined;
  const row = (term: string, ...what: readonly Markup[]): Tag =>
    h('div', {}, h('dt', {}, term), h('dd', {}, ...what));
  const asking = references(control);
  const tools = Object.entries(control.aliases).flatMap(([tool, ids]) =>
    ids.length === 0 ? [] : `${tool} ${ids.join(' ')}`,
  );
  // Names that a shell would take apart are left for the reader to write.
  const paths = inputs.every((name) => /^[\w./@+][\w./@+-]*$/.test(name)) ? inputs.join(' ') : '';
  const what = paths === '' || paths === '.' ? '' : ` ${paths}`;
  const command = `scantling fix${what} --only ${id} --diff${mends === 'unsafe' ? ' --unsafe' : ''}`;
  return h(
    'dl',
    { class: 'advice' },
    control.why === '' ? undefined : row('Why', ...withCode(control.why)),
    control.fix === '' ? undefined : row('Fix', ...withCode(control.fix)),
    mends === undefined ? undefined : row('Command', h('code', {}, command)),
    row('Practice', practiceName(control.practice)),
    asking.length === 0 ? undefined : row('Asked for by', asking.join(', ')),
    tools.length === 0 ? undefined : row('Other tools', tools.join(', ')),
    control.references.length === 0 ? undefined : row('References', ...control.references.flatMap(reference)),
  );
}

const reference = (url: string, index: number): Markup[] => [
  ...(index === 0 ? [] : [h('br', {})]),
  externalLink(url),
];

/** What fails; where nothing does, all that is said. */
function findingsOf({ counts, entries }: EntryGroup): readonly Finding[] {
  const shown = counts.fail === 0 ? entries : entries.filter(({ status }) => status === 'fail');
  return shown.flatMap(({ findings }) => findings);
}

/** Text with what stands between backticks as code. */
function withCode(text: string): Markup[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? h('code', {}, part) : part));
}

function fullEntry(entry: Entry, { control }: EntryGroup, fixes: Fixes, views: Views): Tag {
  const { findings, object } = entry;
  const { limits, left } = views;
  const conceals = control?.conceals === true;
  const frames = findings.slice(0, limits.frames).flatMap((finding) => frame(finding, conceals, views));
  const others = findings.slice(limits.frames);
  // A diff would show what a control about secrets found, and everything that stands in a Secret.
  const mayShow = entry.failure !== undefined && !conceals && object.kind !== 'Secret';
  const isAsked = mayShow && fixes.left > 0 && left.fixes > 0;
  if (isAsked) {
    fixes.left--;
    left.fixes--;
  }
  const fix = isAsked ? fixView(entry, fixes, views) : undefined;
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
  const words = {
    annotation: 'Accepted by an annotation',
    configuration: 'Accepted by the configuration',
    baseline: 'Accepted',
    since: 'Not new',
  }[by];
  return h(
    'p',
    { class: 'suppression' },
    `${words}: ${reason}${until === undefined ? '' : `, until ${until}`}`,
  );
}

function frame(finding: Finding, conceals: boolean, views: Views): Markup[] {
  return [codeOf(finding, conceals, views), renderedView(finding, conceals, views)];
}

/** What a template became, where the code shows the template. */
function renderedView({ location, rendered }: Finding, conceals: boolean, { conceal }: Views): Markup {
  if (rendered === undefined) return undefined;
  const { by, place, text } = rendered;
  const says = conceals ? '' : coverCredentials(conceal(location?.file ?? '', text));
  const cause = [by, place === undefined ? '' : `${place.file}:${place.line}`].filter((part) => part !== '');
  if (says === '' && cause.length === 0) return undefined;
  return h(
    'p',
    { class: 'rendered' },
    'Rendered',
    ...(says === '' ? [] : [' as ', h('code', {}, says)]),
    ...(cause.length === 0 ? [] : [' by ', h('bdi', {}, cause.join(', '))]),
  );
}

function codeOf(finding: Finding, conceals: boolean, { conceal, sources }: Views): Markup {
  const { location, path } = finding;
  const around = location === undefined ? undefined : sources.around(location);
  const shown = around === undefined || keepsSecret(finding) ? [] : excerpt(around.lines, around.place);
  if (shown.length === 0) {
    const words = [path, placeOf(finding)].filter((part) => part !== '');
    return words.length === 0 ? undefined : h('p', { class: 'path' }, h('bdi', {}, words.join('  ')));
  }
  const { before, place } = around!;
  const isSecret = (number: number): boolean => number >= place.line && number <= place.endLine;
  // What stands beside it may be another secret.
  const ofSecret = finding.object.kind === 'Secret';
  const beside = conceals || ofSecret ? shown.filter(({ number }) => isSecret(number)) : shown;
  const kept = ofSecret ? beside.map(alone) : beside;
  const lines = kept.map((line) =>
    covered(line, (text) => conceal(place.file, text).replace(/•{3,}/g, dots)),
  );
  return codeView(
    lines.map((line) => ({ ...line, number: line.number + before })),
    path,
  );
}

/** Fields of a Secret that are none, and its single values, which are covered. */
const showable =
  /^(?:(?:apiVersion|kind|type|immutable|metadata\.(?:name|namespace|labels))(?![\w-])|(?:data|stringData)[.[])/;

/** Whether the place in a Secret may hold, uncovered, what the Secret keeps. */
function keepsSecret({ location, object, path }: Finding): boolean {
  if (object.kind !== 'Secret') return false;
  return !showable.test(path) || location?.line !== location?.endLine;
}

/** Only the span, where the rest of the line may be secret. */
function alone({ from, number, text, to }: ExcerptLine): ExcerptLine {
  return { number, text: text.slice(from, to), from: 0, to: to - from };
}

/** The line with secrets covered; where one reaches over the end of the span, the whole line is the span. */
function covered({ from, number, text, to }: ExcerptLine, cover: (text: string) => string): ExcerptLine {
  const whole = cover(text);
  const head = cover(text.slice(0, from));
  const span = cover(text.slice(from, to));
  if (head + span + cover(text.slice(to)) === whole) {
    return { number, text: whole, from: head.length, to: head.length + span.length };
  }
  return { number, text: whole, from: 0, to: to > from ? whole.length : 0 };
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

/** A diff to be read, not to be applied. */
function coveredDiff(diff: string): string {
  const lines = diff.split('\n');
  return lines.map((line, i) => coverCredentials(line, lines[i - 1])).join('\n');
}

function fixView({ failure, findings: [first] }: Entry, fixes: Fixes, { conceal, options }: Views): Markup {
  const preview = options.fixOf?.(failure!);
  if (preview === undefined) return undefined;
  if (typeof preview === 'string') return h('p', { class: 'no-fix' }, `No automatic fix: ${preview}`);
  const { diff, kind, note } = preview;
  // One of them is seen at once, the others are like it.
  const isOpen = fixes.kind === undefined;
  fixes.kind ??= kind;
  const file = first.location?.file ?? '';
  return h(
    'details',
    { class: 'fix', open: isOpen },
    h('summary', {}, 'The fix ', h('span', { class: `tag ${kind}` }, kind)),
    note === '' ? undefined : h('p', {}, `It may change behaviour: ${note}`),
    diffView(coveredDiff(conceal(file, diff))),
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
