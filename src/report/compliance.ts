import { type Answer, answers, type Compliance, type RequirementAnswer } from '../model/compliance.ts';
import type { Report } from '../model/finding.ts';
import { groupBy } from '../model/group-by.ts';
import type { Paint, Style } from './paint.ts';
import { printable } from './printable.ts';
import type { ReportOptions } from './reporter.ts';
import { cut, pad, wrap } from './width.ts';

const styles: Readonly<Record<Answer, Style>> = {
  fail: 'red',
  unknown: 'yellow',
  'not-covered': 'gray',
  'not-applicable': 'gray',
  pass: 'green',
};

/**
 * The tables of the frameworks as lines for people: counts by section, each requirement that fails, the ids of those that
 * are unknown by reason; with `all` every requirement. One line for each framework where only what decides is wanted.
 */
export function complianceLines(
  { compliance = [] }: Pick<Report, 'compliance'>,
  options: Pick<ReportOptions, 'all' | 'quiet' | 'width'>,
  paint: Paint,
): string[] {
  return compliance.flatMap((one) => {
    const heading = `${paint('bold', one.title)} (${one.framework}): ${counts(one.answers, paint)}`;
    if (options.quiet) return [heading];
    const body = options.all ? whole(one, options.width, paint) : brief(one, options.width, paint);
    return [heading, ...body, ''];
  });
}

function counts(numbers: Readonly<Record<Answer, number>>, paint: Paint): string {
  return answers
    .filter((answer) => numbers[answer] > 0)
    .map((answer) => paint(styles[answer], `${numbers[answer]} ${answer.replace('-', ' ')}`))
    .join(', ');
}

function brief({ sections }: Compliance, width: number, paint: Paint): string[] {
  const longest = Math.max(...sections.map(({ id }) => id.length));
  const all = sections.flatMap(({ requirements }) => requirements);
  const lines = sections.map(({ id, title, requirements }) => {
    const numbers = countAnswers(requirements);
    return `  ${pad(id, longest)}  ${pad(title, 42)} ${counts(numbers, paint)}`;
  });
  const failing = all.filter(({ answer }) => answer === 'fail');
  for (const one of failing)
    lines.push(`  ${paint('red', 'fail')}  ${cut(`${one.id}  ${one.title}: ${why(one)}`, width - 8)}`);
  for (const [reason, same] of groupBy(
    all.filter(({ answer }) => answer === 'unknown'),
    (one) => one.reason,
  )) {
    const [first, ...more] = wrap(
      printable(`${same.map(({ id }) => id).join(idSeparator(same))}: ${reason}`),
      width - 11,
      Infinity,
    );
    lines.push(`  ${paint('yellow', 'unknown')}  ${first}`, ...more.map((line) => ' '.repeat(11) + line));
  }
  return lines;
}

/** Ids of several words are told apart by commas. */
const idSeparator = (requirements: readonly RequirementAnswer[]): string =>
  requirements.some(({ id }) => id.includes(' ')) ? ', ' : ' ';

function whole({ sections }: Compliance, width: number, paint: Paint): string[] {
  return sections.flatMap(({ id, title, requirements }) => [
    `  ${paint('bold', `${id}  ${title}`)}`,
    ...requirements.map((one) => {
      const said = why(one);
      const words = `${one.id}  ${one.title}${said === '' ? '' : `: ${said}`}`;
      return `    ${paint(styles[one.answer], pad(one.answer, 14))}  ${cut(printable(words), Math.max(60, width - 20))}`;
    }),
  ]);
}

/** What stands behind an answer, in a few words. */
function why({ accepted, answer, failedBy, failing, objects, reason }: RequirementAnswer): string {
  if (answer === 'fail')
    return `${failing} of ${objects} ${objects === 1 ? 'object' : 'objects'} (${failedBy.join(', ')})`;
  if (answer !== 'pass') return reason;
  const judged = `${objects} ${objects === 1 ? 'object' : 'objects'}`;
  return accepted === 0 ? judged : `${judged}, ${accepted} accepted`;
}

function countAnswers(requirements: readonly RequirementAnswer[]): Record<Answer, number> {
  const numbers = { pass: 0, fail: 0, 'not-applicable': 0, unknown: 0, 'not-covered': 0 };
  for (const { answer } of requirements) numbers[answer]++;
  return numbers;
}
