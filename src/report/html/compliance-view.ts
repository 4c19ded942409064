import {
  type Answer,
  answers,
  type Compliance,
  type ComplianceSection,
  type RequirementAnswer,
} from '../../model/compliance.ts';
import type { Report } from '../../model/finding.ts';
import { bar } from './bar.ts';
import { controlLink, externalLink } from './link.ts';
import { h, type Markup, type Tag } from './markup.ts';

/** The answers to the frameworks that the profiles are about; undefined where they are about none. */
export function complianceView({ compliance = [], controls, findings }: Report): Markup {
  if (compliance.length === 0) return undefined;
  const onPage = new Set(findings.map(({ control }) => control).filter((id) => Object.hasOwn(controls, id)));
  return h(
    'section',
    { id: 'compliance', 'aria-labelledby': 'compliance-title' },
    h('h2', { id: 'compliance-title' }, 'Compliance'),
    ...compliance.map((one) => frameworkView(one, onPage)),
  );
}

function frameworkView(
  { answers: numbers, framework, sections, title, url }: Compliance,
  onPage: ReadonlySet<string>,
): Tag {
  return h(
    'article',
    { class: 'framework', 'aria-labelledby': `framework-${framework}` },
    h('h3', { id: `framework-${framework}` }, title),
    h('p', { class: 'source' }, externalLink(url)),
    answerBar(numbers),
    h('p', { class: 'answers' }, counts(numbers)),
    ...sections.map((section) => sectionView(section, framework, onPage)),
  );
}

const answerBar = (numbers: Readonly<Record<Answer, number>>): Tag =>
  bar(answers.map((answer) => ({ value: numbers[answer], kind: answer })));

function counts(numbers: Readonly<Record<Answer, number>>): string {
  return answers
    .filter((answer) => numbers[answer] > 0)
    .map((answer) => `${numbers[answer]} ${words[answer]}`)
    .join(', ');
}

const words: Readonly<Record<Answer, string>> = {
  fail: 'fail',
  unknown: 'unknown',
  'not-covered': 'not covered',
  'not-applicable': 'not applicable',
  pass: 'pass',
};

function sectionView(
  { id, requirements, title }: ComplianceSection,
  framework: string,
  onPage: ReadonlySet<string>,
): Tag {
  const numbers = { pass: 0, fail: 0, 'not-applicable': 0, unknown: 0, 'not-covered': 0 };
  for (const { answer } of requirements) numbers[answer]++;
  const heading = (words: string): Tag => h('th', { scope: 'col' }, words);
  return h(
    'details',
    { class: 'section' },
    h(
      'summary',
      {},
      h('h4', {}, h('span', { class: 'id' }, id), ` ${title}`),
      ' ',
      answerBar(numbers),
      ' ',
      h('span', { class: 'count' }, counts(numbers)),
    ),
    h(
      'table',
      {},
      h('caption', {}, `Requirements of ${framework}, ${id} ${title}`),
      h('thead', {}, h('tr', {}, heading('Requirement'), heading('Answer'), heading('Because'))),
      h('tbody', {}, ...requirements.map((one) => requirementRow(one, onPage))),
    ),
  );
}

function requirementRow(one: RequirementAnswer, onPage: ReadonlySet<string>): Tag {
  const { answer, id, title } = one;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('span', { class: 'id' }, id), ` ${title}`),
    h('td', {}, h('span', { class: `answer ${answer}` }, words[answer])),
    h('td', {}, ...because(one, onPage)),
  );
}

function because(
  { accepted, answer, failedBy, failing, objects, reason }: RequirementAnswer,
  onPage: ReadonlySet<string>,
): Markup[] {
  const judged = `${objects} ${objects === 1 ? 'object' : 'objects'}`;
  if (answer === 'fail') {
    const links = failedBy.flatMap((id, i) => [i === 0 ? '' : ', ', onPage.has(id) ? controlLink(id) : id]);
    return [`${failing} of ${judged}: `, ...links];
  }
  if (answer !== 'pass') return [reason];
  return [`${judged}${accepted === 0 ? '' : `, ${accepted} accepted`}${reason === '' ? '' : `; ${reason}`}`];
}
