import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Compliance, RequirementAnswer } from '../model/compliance.ts';
import { complianceLines } from './compliance.ts';
import { json } from './json.ts';
import { painter } from './paint.ts';
import { sampleReport } from './sample.fixture.ts';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const row = (id: string, rest: Partial<RequirementAnswer>): RequirementAnswer => ({
  id,
  title: `title of ${id}`,
  assessment: 'automated',
  answer: 'pass',
  reason: '',
  controls: ['a', 'b'],
  failedBy: [],
  objects: 3,
  failing: 0,
  accepted: 0,
  ...rest,
});

const compliance: Compliance = {
  framework: 'f',
  title: 'The F',
  url: 'https://example.com',
  sections: [
    {
      id: '1',
      title: 'first',
      requirements: [
        row('1.1', {}),
        row('1.2', { accepted: 1 }),
        row('1.3', { answer: 'fail', failing: 2, failedBy: ['b'] }),
      ],
    },
    {
      id: '10',
      title: 'second',
      requirements: [
        row('10.1', { answer: 'unknown', reason: 'needs facts of the nodes', controls: [], objects: 0 }),
        row('10.2', { answer: 'unknown', reason: 'needs facts of the nodes', controls: [], objects: 0 }),
        row('10.3', { answer: 'not-covered', controls: [], objects: 0 }),
      ],
    },
  ],
  answers: { pass: 2, fail: 1, 'not-applicable': 0, unknown: 2, 'not-covered': 1 },
};

const lines = (options: object = {}): string[] =>
  complianceLines(
    { compliance: [compliance] },
    { all: false, quiet: false, width: 100, ...options },
    painter(false),
  );

test('in brief: counts by section, what fails, what is unknown by reason', () => {
  assert.deepEqual(lines(), [
    'The F (f): 1 fail, 2 unknown, 1 not covered, 2 pass',
    '  1   first                                      1 fail, 2 pass',
    '  10  second                                     2 unknown, 1 not covered',
    '  fail  1.3  title of 1.3: 2 of 3 objects (b)',
    '  unknown  10.1 10.2: needs facts of the nodes',
    '',
  ]);
});

test('the whole table has every requirement with what stands behind its answer', () => {
  assert.deepEqual(lines({ all: true }), [
    'The F (f): 1 fail, 2 unknown, 1 not covered, 2 pass',
    '  1  first',
    '    pass            1.1  title of 1.1: 3 objects',
    '    pass            1.2  title of 1.2: 3 objects, 1 accepted',
    '    fail            1.3  title of 1.3: 2 of 3 objects (b)',
    '  10  second',
    '    unknown         10.1  title of 10.1: needs facts of the nodes',
    '    unknown         10.2  title of 10.2: needs facts of the nodes',
    '    not-covered     10.3  title of 10.3',
    '',
  ]);
});

test('quiet is one line, and a report without a framework none', () => {
  assert.deepEqual(lines({ quiet: true }), ['The F (f): 1 fail, 2 unknown, 1 not covered, 2 pass']);
  assert.deepEqual(complianceLines({}, { all: true, quiet: false, width: 100 }, painter(false)), []);
});

test('json has the table as the schema says', () => {
  const parsed: any = JSON.parse([...json({ ...sampleReport, compliance: [compliance] })].join(''));
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile<any>(schema);
  assert.ok(validate(parsed), JSON.stringify(validate.errors));
  assert.deepEqual(parsed.compliance, [compliance]);
  parsed.compliance[0].sections[0].requirements[0].answer = 'maybe';
  assert.equal(validate(parsed), false);
});
