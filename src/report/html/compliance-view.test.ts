import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Compliance, RequirementAnswer } from '../../model/compliance.ts';
import type { Report } from '../../model/finding.ts';
import { sampleReport } from '../sample.fixture.ts';
import { complianceView } from './compliance-view.ts';
import { toHtml } from './markup.ts';

const requirement = (
  id: string,
  answer: Answer,
  parts: Partial<RequirementAnswer> = {},
): RequirementAnswer => ({
  id,
  title: `title of ${id}`,
  assessment: 'automated',
  answer,
  reason: '',
  controls: [],
  failedBy: [],
  objects: 4,
  failing: 0,
  accepted: 0,
  ...parts,
});

const compliance: Compliance = {
  framework: 'cis-1.12',
  title: 'CIS Kubernetes Benchmark 1.12',
  url: 'https://www.cisecurity.org/benchmark/kubernetes',
  answers: { pass: 2, fail: 1, 'not-applicable': 0, unknown: 1, 'not-covered': 1 },
  sections: [
    {
      id: '5.2',
      title: 'what pods may ask for',
      requirements: [
        requirement('5.2.1', 'fail', { failedBy: ['privileged-container', 'silent'], failing: 3 }),
        requirement('5.2.2', 'unknown', { reason: 'needs facts of the nodes' }),
        requirement('5.2.3', 'not-covered', { reason: 'nothing looks at it' }),
      ],
    },
    {
      id: '5.3',
      title: 'network',
      requirements: [
        requirement('5.3.1', 'pass', { objects: 1 }),
        requirement('5.3.2', 'pass', { accepted: 2, reason: 'the rest is manual' }),
      ],
    },
  ],
};

const view = (report: Partial<Report> = {}): string =>
  toHtml(complianceView({ ...sampleReport, compliance: [compliance], ...report }));

/** The row of a requirement, as text. */
const row = (id: string): string =>
  new RegExp(`<tr><th scope="row"><span class="id">${id}<.*?</tr>`)
    .exec(view())![0]
    .replace(/<[^>]*>/g, ' ')
    .replace(/ +/g, ' ')
    .trim();

test('nothing where no framework was asked for', () => {
  assert.equal(view({ compliance: undefined }), '');
  assert.equal(view({ compliance: [] }), '');
});

test('how many requirements have each answer, in all and by section', () => {
  assert.match(view(), /<p class="answers">1 fail, 1 unknown, 1 not covered, 2 pass<\/p>/);
  assert.match(view(), /5\.3<\/span> network<\/h4>.*?<span class="count">2 pass<\/span>/);
});

test('every requirement with its answer and why', () => {
  assert.equal(row('5.2.1'), '5.2.1 title of 5.2.1 fail 3 of 4 objects: privileged-container , silent');
  assert.equal(row('5.2.2'), '5.2.2 title of 5.2.2 unknown needs facts of the nodes');
  assert.equal(row('5.2.3'), '5.2.3 title of 5.2.3 not covered nothing looks at it');
  assert.equal(row('5.3.1'), '5.3.1 title of 5.3.1 pass 1 object');
  assert.equal(row('5.3.2'), '5.3.2 title of 5.3.2 pass 4 objects, 2 accepted; the rest is manual');
});

test('a control is a link where it is on the page', () => {
  assert.match(view(), /<a href="#control-privileged-container">/);
  assert.doesNotMatch(view(), /#control-silent/);
});

test('tables that screen readers can tell apart', () => {
  assert.match(view(), /<caption>Requirements of cis-1\.12, 5\.2 what pods may ask for<\/caption>/);
  assert.equal(view().match(/<th scope="col">/g)!.length, 6);
});
