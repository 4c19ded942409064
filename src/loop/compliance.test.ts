import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { checkoutCatalogue } from '../catalogue/load.ts';
import { readProfile } from '../catalogue/profile.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { readFramework } from '../catalogue/framework.ts';
import type { Compliance, RequirementAnswer } from '../model/compliance.ts';
import { scan, type ScanOptions } from './scan.ts';
import { scanOptions } from './scan-options.fixture.ts';

const shipped = checkoutCatalogue();
const requirement = (id: string, rest: object = {}) => ({ id, title: id, assessment: 'automated', ...rest });
const { framework } = readFramework('f', {
  title: 'F',
  url: 'https://example.com',
  sections: [
    {
      id: 's',
      title: 'S',
      requirements: [
        requirement('privileged', { controls: ['privileged-container'] }),
        requirement('pid', { controls: ['host-namespaces'], fields: ['hostPID'] }),
        requirement('net', { controls: ['host-namespaces'], fields: ['hostNetwork'] }),
        requirement('ports', { controls: ['host-port'] }),
        requirement('left', { controls: ['host-port'], needs: 'node' }),
        requirement('files', { needs: 'node', note: 'modes' }),
        requirement('people', { assessment: 'manual' }),
        requirement('nothing'),
        requirement('young', { controls: ['probe-host'] }),
        requirement('both', { controls: ['host-port', 'anonymous-binding'] }),
      ],
    },
  ],
});
const frameworks = new Map([['f', framework]]);
const { profile } = readProfile(
  'p',
  { title: 'p', frameworks: ['f'] },
  { controls: shipped.controls, frameworks },
);
const catalogue: Catalogue = { controls: shipped.controls, frameworks, profiles: new Map([['p', profile]]) };

const pod = (spec: string, annotation = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop${annotation}}
spec: {${spec}containers: [{name: web, image: web}]}
`;

function complianceOf(text: string, more: Partial<ScanOptions> = {}): Compliance {
  const folder = mkdtempSync(path.join(tmpdir(), 'compliance-'));
  try {
    writeFileSync(path.join(folder, 'a.yaml'), text);
    const selection = { profiles: ['p'], controls: undefined };
    const { report } = scan(scanOptions({ catalogue, cwd: folder, version: 36, selection, ...more }));
    return report.compliance![0]!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const answerTo = ({ sections }: Compliance, id: string): RequirementAnswer =>
  sections[0]!.requirements.find((one) => one.id === id)!;
const said = (compliance: Compliance, id: string): string => {
  const { answer, reason } = answerTo(compliance, id);
  return reason === '' ? answer : `${answer}: ${reason}`;
};

test('every requirement has an answer, and each answer has its reason', () => {
  const table = complianceOf(pod('hostNetwork: true, '));
  assert.deepEqual(
    table.sections[0]!.requirements.map(({ id }) => `${id} ${said(table, id)}`),
    [
      'privileged pass',
      'pid pass',
      'net fail',
      'ports pass',
      'left unknown: what was judged passes; needs facts of the nodes',
      'files unknown: needs facts of the nodes: modes',
      'people unknown: left to people',
      'nothing not-covered',
      'young pass',
      'both unknown: what was judged passes; for some of its controls there is nothing in this input',
    ],
  );
  assert.deepEqual(table.answers, { pass: 4, fail: 1, 'not-applicable': 0, unknown: 4, 'not-covered': 1 });
  assert.deepEqual(answerTo(table, 'net').failedBy, ['host-namespaces']);
  assert.equal(answerTo(table, 'net').failing, 1);
});

test('where nothing is what a control judges, its requirement is unknown and does not pass', () => {
  const table = complianceOf('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
  assert.equal(said(table, 'privileged'), 'unknown: nothing in this input to judge');
  assert.equal(table.answers.pass, 0);
});

test('what could not be read may have failed', () => {
  const table = complianceOf(`${pod('')}---\napiVersion: v1\nkind: Pod\nmetadata: {name: [\n`);
  assert.equal(said(table, 'privileged'), 'unknown: 1 input could not be read');
  const failing = complianceOf(
    `${pod('hostPID: true, ')}---\napiVersion: v1\nkind: Pod\nmetadata: {name: [\n`,
  );
  assert.equal(said(failing, 'pid'), 'fail');
});

test('a rule that an older version does not have is not applicable', () => {
  const table = complianceOf(pod(''), { version: 32 });
  assert.equal(said(table, 'young'), 'not-applicable: no rule in Kubernetes 1.32');
});

test('a control that was not run leaves its requirement unknown', () => {
  const table = complianceOf(pod(''), { selection: { profiles: ['p'], controls: ['host-port'] } });
  assert.equal(said(table, 'ports'), 'pass');
  assert.equal(said(table, 'privileged'), 'unknown: not run');
  assert.equal(said(table, 'both'), 'unknown: some of its controls were not run');
});

test('what is accepted passes and is counted', () => {
  const table = complianceOf(
    pod('hostPID: true, ', ', annotations: {ignore.scantling.dev/host-namespaces: "it is a debugger"}'),
  );
  assert.deepEqual([answerTo(table, 'pid').answer, answerTo(table, 'pid').accepted], ['pass', 1]);
});
