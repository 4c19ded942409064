import { stripVTControlCharacters } from 'node:util';
import type { ControlMetadata } from '../model/control.ts';
import type { Failure, Finding, Location, Rendered, Report } from '../model/finding.ts';
import { groupBy } from '../model/group-by.ts';
import { complianceLines } from './compliance.ts';
import { coverCredentials } from './credentials.ts';
import { codeFrame, passageFrame } from './frame.ts';
import { countingFindings, formatObject, groupFailures, type ControlGroup } from './group.ts';
import { idsOfFindings } from './ids-as.ts';
import { painter, severityStyle, type Paint } from './paint.ts';
import { printable } from './printable.ts';
import { references } from './references.ts';
import type { ReportOptions } from './reporter.ts';
import { incomplete, problemLines, summaryLines } from './summary.ts';
import { cut, displayWidth, pad, wrap } from './width.ts';

/** Lines that fit on a first screen without scrolling. */
const screen = 40;

interface Printer extends ReportOptions {
  readonly paint: Paint;
  readonly report: Report;
}

/**
 * The report for people: control by control, worst first, one code frame each and where else, then the summary.
 * Without `all` it fits a first screen of 40 lines: the worst controls keep their frames, the others one line each.
 */
export function* text(report: Report, options: ReportOptions): Generator<string> {
  const printer: Printer = { ...options, paint: painter(options.color), report };
  const summary = summaryLines(report, options, printer.paint);
  const problems = problemLines(report, options, printer.paint);
  const compliance = complianceLines(report, options, printer.paint);
  const groups = groupFailures(report, options.all);
  if (options.quiet) {
    yield* withBreaks(problems);
    yield* withBreaks(table(groups, printer));
    const missing = incomplete(report);
    yield* withBreaks([...compliance, ...(missing === '' ? [] : [missing]), ...summary.slice(-1)]);
    return;
  }
  if (options.all) {
    yield* withBreaks(problems);
    for (const group of groups) yield* withBreaks(everything(group, printer));
    yield* withBreaks(others(report, printer));
  } else {
    const last = options.showAll === true ? others(report, printer) : errors(report, printer);
    const room = screen - rows(summary, options.width) - (options.showAll === true ? 0 : last.length);
    yield* withBreaks([...firstScreen(groups, problems, room, printer), ...last]);
  }
  yield* withBreaks([...compliance, ...summary]);
}

/** Rows of a terminal that the lines take; the summary's longest ones wrap rather than lose anything. */
function rows(lines: readonly string[], width: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(shownWidth(line) / width)), 0);
}

/** Columns a line takes on the screen; its colours take none. */
const shownWidth = (line: string): number => displayWidth(stripVTControlCharacters(line));

function* withBreaks(lines: readonly string[]): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

function firstScreen(
  groups: readonly ControlGroup[],
  problems: readonly string[],
  room: number,
  printer: Printer,
): string[] {
  const lines: string[] = [];
  if (problems.length > 0) {
    const most = Math.max(5, Math.min(10, room - groups.length - 12)) - 1;
    lines.push(...shorten(problems.slice(0, -1), most, 'more problems'), '');
  }
  let left = room - rows(lines, printer.width);
  let index = 0;
  for (; index < groups.length; index++) {
    const block = folded(groups[index]!, printer);
    const rest = groups.length - index - 1;
    const needed = rest === 0 ? 0 : Math.min(rest, 6) + 2;
    if (index > 0 && block.length + needed > left) break;
    lines.push(...block);
    left -= block.length;
  }
  const remaining = groups.slice(index);
  if (remaining.length === 0) return lines;
  return [...lines, ...shorten(table(remaining, printer), Math.max(3, left - 1), 'more controls'), ''];
}

function shorten(lines: readonly string[], room: number, what: string): readonly string[] {
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} ${what}; --all shows them`];
}

/** One control with the frame of its first failing element and where the others are. */
function folded(group: ControlGroup, printer: Printer): string[] {
  const first = firstFinding(group);
  const title = isDefaultMessage(first.message) ? group.control?.title : undefined;
  const lines = [
    ...heading(group, title ?? first.message, 2, printer),
    ...frame(first, '', printer, group.control?.conceals),
    ...advice(group.control, 2, printer),
  ];
  lines.push(...elsewhere(group, printer), '');
  return lines;
}

/** One control with a frame and the message of each finding, object by object. */
function everything(group: ControlGroup, printer: Printer): string[] {
  const title = group.control?.title ?? firstFinding(group).message;
  const lines = [
    ...heading(group, title, Infinity, printer),
    ...advice(group.control, Infinity, printer),
    '',
  ];
  for (const failure of group.failures) {
    let said = '';
    for (const finding of countingFindings(failure)) {
      lines.push(
        ...frame(finding, finding.message === said ? '' : finding.message, printer, group.control?.conceals),
      );
      said = finding.message;
    }
    lines.push('');
  }
  return lines;
}

/** What stands for a control on the screen: the first failing element of the first object. */
function firstFinding({ first }: ControlGroup): Finding {
  return countingFindings(first)[0]!;
}

/** What the API server says where a policy's own message cannot be had; nobody learns anything from it. */
const isDefaultMessage = (message: string): boolean => message.startsWith('failed expression: ');

function heading(group: ControlGroup, what: string, most: number, printer: Printer): string[] {
  const { paint, width } = printer;
  const { severity } = group;
  const name = nameOf(group, idsOf(group, printer));
  const start = `${name}  ${severity}  `;
  const [first, ...more] = wrap(printable(what), Math.max(20, width - start.length), most);
  return [
    `${paint('bold', name)}  ${paint(severityStyle[severity], severity)}  ${first}`,
    ...more.map((line) => ' '.repeat(start.length) + line),
  ];
}

/** Its id, and what the tool that was asked for calls it. */
function nameOf({ id }: ControlGroup, ids: readonly string[]): string {
  return printable(ids.length === 0 ? id : `${id} (${ids.join(', ')})`);
}

function idsOf({ control, failures }: ControlGroup, { as }: Printer): readonly string[] {
  return as === undefined ? [] : idsOfFindings(control, counting(failures), as);
}

function* counting(failures: Iterable<Failure>): Generator<Finding> {
  for (const failure of failures) yield* countingFindings(failure);
}

/** Where a finding stands, `says` behind it, and the code with the smallest span underlined. */
function frame(
  finding: Finding,
  says: string,
  { paint, width, source, excerpt }: Printer,
  isAboutSecrets = false,
): string[] {
  const { location } = finding;
  // Beside what is wrong with a Secret stands what it keeps.
  const conceals = isAboutSecrets || finding.object.kind === 'Secret';
  const what = `${formatObject(finding.object)}${finding.path === '' ? '' : `  ${finding.path}`}`;
  if (location === undefined) return [`   ${printable(says === '' ? what : `${what}  ${says}`)}`];
  const place = printable(`${location.file}:${location.line}:${location.column}`);
  const said = cut(printable(says), Math.max(60, 2 * width - place.length - 5));
  const where = `   ${paint('cyan', place)}${said === '' ? '' : `  ${said}`}`;
  const text = source(location.file);
  const passage = text === undefined ? excerpt?.(location) : undefined;
  const options = { width: width - 3, paint, label: paint('gray', printable(what)), conceals };
  const framed =
    text !== undefined
      ? codeFrame(text, location, options)
      : passage !== undefined
        ? passageFrame(passage, location, options)
        : [];
  const judged = renderedLine(finding.rendered, conceals, width - 3);
  if (framed.length === 0) return [`${where}  ${printable(what)}`, ...judged];
  return [where, ...[...framed, ...judged].map((line) => `   ${line}`)];
}

/** What a template became, where the frame shows the template: `renders as image: nginx:latest  (.Values.image, values.yaml:3)`. */
function renderedLine(rendered: Rendered | undefined, conceals: boolean, width: number): string[] {
  if (rendered === undefined) return [];
  const { by, place, text } = rendered;
  const says = text === '' || conceals ? '' : ` as  ${coverCredentials(text)}`;
  const from = [by, place === undefined ? '' : `${place.file}:${place.line}`].filter((part) => part !== '');
  const cause = from.length === 0 ? '' : `  (${from.join(', ')})`;
  if (says === '' && cause === '') return [];
  return [cut(printable(`renders${says}${cause}`), Math.max(60, 2 * width))];
}

function advice(
  control: Omit<ControlMetadata, 'id'> | undefined,
  most: number,
  { paint, width }: Printer,
): string[] {
  if (control === undefined) return [];
  const label = (name: string, words: string): string[] => {
    if (words === '') return [];
    const [first, ...more] = wrap(printable(words), width - 8, most);
    return [`   ${paint('bold', pad(name, 4))} ${first}`, ...more.map((line) => `        ${line}`)];
  };
  return [
    ...label('why', control.why),
    ...label('fix', control.fix),
    ...label('refs', references(control).join(', ')),
  ];
}

/** Where else: the other elements of the object that is shown, and the first one of every other object. */
function elsewhere(group: ControlGroup, { width }: Printer): string[] {
  const here = countingFindings(group.first).slice(1);
  const others = group.count - 1;
  const counts = [
    ...(here.length > 0 ? [`${here.length} more in the same object`] : []),
    ...(others > 0 ? [`${others} more like it`] : []),
  ];
  if (counts.length === 0) return [];
  const start = `   and ${counts.join(', ')}:`;
  const all = here.length + others;
  let line = start;
  let shown = 0;
  for (const location of locationsOf(here, group)) {
    const next = `  ${printable(location.file)}:${location.line}`;
    if (line.length + next.length > width - 4) break;
    line += next;
    shown++;
  }
  return [shown === 0 ? start.replace(/:$/, '') : shown < all ? `${line}  …` : line];
}

/** One by one: a place is worked out only when it is asked for. */
function* locationsOf(here: readonly Finding[], { first, failures }: ControlGroup): Generator<Location> {
  for (const { location } of here) if (location !== undefined) yield location;
  for (const failure of failures) {
    if (failure === first) continue;
    const location = countingFindings(failure)[0]?.location;
    if (location !== undefined) yield location;
  }
}

/** One line a control, in columns; the first is as wide as its names, but leaves more than half of the screen. */
function table(groups: readonly ControlGroup[], printer: Printer): string[] {
  const widest = Math.max(31, ...groups.map(({ id }) => displayWidth(printable(id))));
  const most = Math.max(widest, Math.floor(printer.width * 0.45));
  const names = groups.map((group) => shortName(group, most, printer));
  const column = Math.max(widest, ...names.map(displayWidth));
  return groups.map((group, index) => oneLine(group, pad(names[index]!, column), printer));
}

/** The name in at most `most` columns: the ids that do not fit are counted, `host-namespaces (C-0038, C-0041, +8)`. */
function shortName(group: ControlGroup, most: number, printer: Printer): string {
  const { id } = group;
  const ids = idsOf(group, printer);
  const whole = nameOf(group, ids);
  if (displayWidth(whole) <= most) return whole;
  for (let kept = ids.length - 1; kept > 0; kept--) {
    const shorter = printable(`${id} (${ids.slice(0, kept).join(', ')}, +${ids.length - kept})`);
    if (displayWidth(shorter) <= most) return shorter;
  }
  return printable(id);
}

function oneLine(group: ControlGroup, name: string, printer: Printer): string {
  const { paint, width } = printer;
  const first = firstFinding(group);
  const where =
    first.location === undefined ? '' : `${printable(first.location.file)}:${first.location.line}`;
  const more = group.count > 1 ? ` +${group.count - 1}` : '';
  const start = `${paint('bold', name)} ${paint(severityStyle[group.severity], pad(group.severity, 8))}`;
  const room = Math.max(20, width - displayWidth(name) - 10);
  const title = cut(group.control?.title ?? '', Math.max(20, room - where.length - more.length - 2));
  return `${start} ${cut(`${where}${more}  ${title}`, room)}`;
}

/**
 * The verdicts that are errors, a line for each cause and no more than a few: they decide the exit code, and nothing else on
 * the first screen names them.
 */
function errors(report: Report, { paint, width }: Printer): readonly string[] {
  const wrong = [...(report.eachError?.() ?? report.findings.filter(({ verdict }) => verdict === 'error'))];
  const causes = groupBy(wrong, ({ control, reason }) => `${control}  ${causeOf(reason)}`);
  const lines = [...causes].map(([cause, [first, ...more]]) => {
    const { location, object } = first!;
    const where = location === undefined ? '' : `  ${location.file}:${location.line}`;
    const others = more.length === 0 ? '' : ` +${more.length}`;
    const words = printable(`${cause}  ${formatObject(object)}${where}${others}`);
    return `${paint('bold', 'error')}  ${cut(words, Math.max(20, width - 7))}`;
  });
  return lines.length === 0 ? [] : [...shorten(lines, mostErrors, 'more errors'), ''];
}

const mostErrors = 4;

/** An error without the expression that it stands behind, which may be long. */
function causeOf(reason: string): string {
  return reason.replace(/^expression '[^]*' resulted in error: /, '');
}

/** What did not fail, object by object; passes and not-applicables only where they were asked for. */
function others(report: Report, { paint, showAll = false }: Printer): string[] {
  const controls = new Map<string, string[]>();
  for (const { control, location, object, reason, verdict } of report.findings) {
    const isQuiet = verdict === 'pass' || verdict === 'not-applicable';
    if (verdict === 'fail' || (isQuiet && !showAll)) continue;
    const where = location === undefined ? '' : `  ${location.file}:${location.line}`;
    const words = printable(`${formatObject(object)}${where}${reason === '' ? '' : `: ${reason}`}`);
    const line = `${paint('bold', verdict)}  ${words}`;
    const known = controls.get(line);
    if (known === undefined) controls.set(line, [control]);
    else known.push(control);
  }
  const lines = [...controls].map(([line, ids]) => `${line}  (${printable(ids.join(', '))})`);
  return lines.length === 0 ? [] : [...lines, ''];
}
