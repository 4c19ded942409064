import { compileRegex, Regex } from '../../../cel/regex/index.ts';
import { respond } from '../../../policy/index.ts';
import type { Fields } from '../fields.ts';
import type { Expectation, Judged } from '../policy-case.ts';
import { refusedPolicy } from '../verdict.ts';

const assertionKeys = ['violations', 'message'];

/** What one assertion says of the messages of the violations. */
interface Assertion {
  readonly text: string;
  readonly holds: (messages: readonly string[]) => boolean;
}

/** What the assertions of a case expect together, or what is wrong with them. */
export function readAssertions(item: Fields): Expectation | string {
  const before = item.failed;
  const assertions = item.items('assertions').map(readAssertion);
  if (assertions.length === 0) {
    const reason = 'the case has no assertions';
    item.error(reason);
    return reason;
  }
  if (!before && item.failed) return 'an assertion is wrong';
  return {
    text: assertions.map(({ text }) => text).join('; '),
    elements: false,
    unmet: (judged) => {
      const refused = refusedPolicy(judged);
      if (refused !== undefined)
        return { status: 'error', got: `the API server refuses the policy "${refused}"` };
      const open = respond(judged.judgements, judged.request);
      const messages = violationsOf(judged);
      const broken = assertions.filter(({ holds }) => !holds(messages));
      const undecided = judged.judgements.find((judgement) => judgement.undecided);
      if (undecided !== undefined && open.allowed === undefined)
        return { status: 'unknown', got: undecided.reason };
      if (broken.length === 0) return undefined;
      const because = judged.excluded === '' ? notApplicable(judged) : judged.excluded;
      return { status: 'failed', got: `${violationsText(messages)}${because === '' ? '' : `: ${because}`}` };
    },
  };
}

function notApplicable({ judgements }: Judged): string {
  return judgements.find(({ verdict }) => verdict === 'not-applicable')?.reason ?? '';
}

/** What Gatekeeper calls violations: everything for which the request would be denied. */
function violationsOf({ judgements }: Judged): string[] {
  return judgements.flatMap(({ denials }) => denials.map(({ message }) => message));
}

function violationsText(messages: readonly string[]): string {
  if (messages.length === 0) return 'no violations';
  const count = `${messages.length} ${messages.length === 1 ? 'violation' : 'violations'}`;
  return `${count}: ${messages.map((message) => JSON.stringify(message)).join(', ')}`;
}

/** One assertion; YAML makes `yes` and `no` truth values before anybody can see the words. */
function readAssertion(fields: Fields): Assertion {
  fields.known(assertionKeys, 'warning');
  const written = fields.value['violations'] ?? 'yes';
  const pattern = fields.text('message') ?? '';
  const regex = compileRegex(pattern);
  if (!(regex instanceof Regex))
    fields.error(`the message is no regular expression: ${regex.message}`, 'message');
  const matching = (messages: readonly string[]): number =>
    messages.filter((message) => regex instanceof Regex && regex.test(message)).length;
  const about = pattern === '' ? '' : ` that match /${pattern}/`;
  if (written === true || written === 'yes') {
    return { text: `violations${about}`, holds: (messages) => matching(messages) > 0 };
  }
  if (written === false || written === 'no') {
    return { text: `no violations${about}`, holds: (messages) => matching(messages) === 0 };
  }
  const count = typeof written === 'number' || typeof written === 'bigint' ? Number(written) : Number.NaN;
  if (!Number.isInteger(count) || count < 0) {
    fields.error('"violations" is yes, no or a number that is not negative', 'violations');
  }
  return { text: `${count} violations${about}`, holds: (messages) => matching(messages) === count };
}
