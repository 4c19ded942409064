import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvDraft04 from 'ajv-draft-04';
import { github } from './github.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { sampleOptions, sampleReport } from './sample.fixture.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

const join = (pieces: Iterable<string>): string => [...pieces].join('');

test('json is the contract: the schema holds and nothing is lost', () => {
  const parsed: any = JSON.parse(join(json(sampleReport)));
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile<any>(schema);
  assert.ok(validate(parsed), JSON.stringify(validate.errors));
  assert.equal(parsed.findings.length, sampleReport.findings.length);
  assert.equal(parsed.findings[2].location, null);
  assert.deepEqual(parsed.findings[3].suppression, { by: 'annotation', reason: 'needs the devices' });
  assert.deepEqual(parsed.summary, sampleReport.summary);
});

test('a problem has exactly the fields of the contract', () => {
  const [problem] = sampleReport.problems;
  const knowing = { ...problem!, path: ['spec'] };
  const parsed: any = JSON.parse(join(json({ ...sampleReport, problems: [knowing] })));
  assert.deepEqual(parsed.problems, [problem]);
});

test('the schema refuses what is not the contract', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020().compile<any>(schema);
  const parsed: any = JSON.parse(join(json(sampleReport)));
  parsed.findings[0].verdict = 'maybe';
  assert.equal(validate(parsed), false);
});

test('a finding that works out its fields when read is written whole', () => {
  const lazy = Object.create({
    get control() {
      return 'lazy';
    },
  });
  const parsed = JSON.parse(join(json({ ...sampleReport, findings: [lazy as never] })));
  assert.equal(parsed.findings[0].control, 'lazy');
});

test('an empty report is valid JSON too', () => {
  const parsed: any = JSON.parse(join(json({ ...sampleReport, controls: {}, findings: [], problems: [] })));
  assert.deepEqual(parsed.findings, []);
});

test('sarif is valid by its schema, with regions, fingerprints and suppressions', () => {
  const parsed: any = JSON.parse(join(sarif(sampleReport, { version: '1.2.3' })));
  const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif');
  const schema = JSON.parse(
    readFileSync(new URL('schemas/sarif-2.1.0-rtm.5.json', `file://${path}`), 'utf8'),
  );
  const Ajv04 = ajvDraft04.default;
  const validate = new Ajv04({
    strict: false,
    unicodeRegExp: false,
    validateFormats: false,
    allErrors: true,
  }).compile<any>(schema);
  assert.ok(validate(parsed), JSON.stringify(validate.errors, null, 1));
  const [run] = parsed.runs;
  assert.equal(run.results.length, 4);
  assert.deepEqual(run.results[0].locations[0].physicalLocation.region, {
    startLine: 9,
    startColumn: 7,
    endLine: 9,
    endColumn: 23,
  });
  assert.deepEqual(run.results[0].partialFingerprints, { 'scantling/v1': 'f0' });
  assert.equal(run.results[0].ruleId, run.tool.driver.rules[run.results[0].ruleIndex].id);
  assert.equal(run.results[3].suppressions[0].kind, 'inSource');
  assert.equal(run.invocations[0].executionSuccessful, false);
  assert.equal(run.invocations[0].toolExecutionNotifications.length, 3);
});

test('junit counts what it holds and never passes an unknown', () => {
  const xml = join(junit(sampleReport, { elapsedMilliseconds: 190 }));
  assert.match(xml, /<testsuites name="scantling" tests="9" failures="3" errors="3" time="0.190">/);
  assert.match(xml, /<failure message="container &quot;agent&quot; runs privileged &amp; /);
  assert.match(xml, /<skipped message="unknown: the labels of namespace/);
  assert.match(xml, /<skipped message="suppressed: needs the devices"\/>/);
  assert.match(xml, /<error message="a tab may not indent">bad.yaml:3:1/);
  const opened = xml.match(/<(?!\/|\?)[a-z]+(?:\s[^>]*[^/])?>/g)!.length;
  assert.equal(opened, xml.match(/<\/[a-z]+>/g)!.length);
});

test('github annotations escape what their syntax means', () => {
  const lines = join(github(sampleReport)).split('\n');
  assert.equal(lines[0], '::error file=bad.yaml,line=3,col=1::a tab may not indent');
  assert.ok(
    lines.some(
      (line) => line.startsWith('::error title=host-path-volume (high)::') && line.includes('%0Asecond line'),
    ),
  );
  assert.ok(
    lines.some((line) => line.includes('file=deploy/agent.yaml,line=9,col=7,endLine=9,endColumn=23')),
  );
  assert.equal(lines.filter((line) => line.includes('unknown')).length, 0);
});

test('the ids of the tool that was asked for stand beside ours', () => {
  const parsed: any = JSON.parse(join(json(sampleReport, { as: 'kubescape' })));
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile<any>(schema);
  assert.ok(validate(parsed), JSON.stringify(validate.errors));
  assert.deepEqual(parsed.controls['privileged-container'].as, ['C-0057']);
  assert.deepEqual(parsed.findings[0].as, ['C-0057']);
  const [run] = JSON.parse(join(sarif(sampleReport, { version: '1', as: 'kubescape' }))).runs;
  assert.deepEqual(run.results[0].properties, { kubescape: ['C-0057'] });
  assert.deepEqual(run.tool.driver.rules[1].properties.kubescape, []);
  const shown = join(text(sampleReport, { ...sampleOptions, as: 'kubescape' }));
  assert.match(shown, /^privileged-container \(C-0057\) {2}critical/m);
  assert.match(shown, /^host-path-volume {2}high/m);
});
