import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { checkoutCatalogue } from '../catalogue/load.ts';
import { type Baseline, readBaseline, writeBaseline } from '../exceptions/baseline.ts';
import type { Report } from '../model/finding.ts';
import { scan } from './scan.ts';
import { scanOptions } from './scan-options.fixture.ts';

const shipped = checkoutCatalogue();
const privileged = shipped.controls.get('privileged-container')!;
const renamed: Catalogue = {
  ...shipped,
  controls: new Map([
    ...shipped.controls,
    ['privileged-container', { ...privileged, renamedFrom: ['old-name'] }],
  ]),
};

function report(annotation: string, catalogue = renamed, baseline?: Baseline): Report {
  const controls = ['privileged-container', 'a-privileged'].filter((id) => catalogue.controls.has(id));
  const folder = mkdtempSync(path.join(tmpdir(), 'suppress-'));
  const text = `apiVersion: v1
kind: Pod
metadata: {name: web, annotations: {${annotation}}}
spec: {containers: [{name: web, image: web, securityContext: {privileged: true}}]}
`;
  try {
    writeFileSync(path.join(folder, 'a.yaml'), text);
    const selection = { profiles: undefined, controls };
    return scan(scanOptions({ catalogue, cwd: folder, selection, baseline })).report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a suppression counts under the name that its control had before', () => {
  const { problems, summary } = report('ignore.scantling.dev/old-name: "it is a debugger"');
  assert.equal(summary.suppressed, 1);
  assert.deepEqual(problems, []);
});

test('under the id of another tool it does not, and the sentence names ours', () => {
  const { problems, summary } = report('ignore.scantling.dev/KSV-0017: "it is a debugger"');
  assert.equal(summary.suppressed, 0);
  assert.match(
    problems[0]!.reason,
    /there is no control "KSV-0017"; trivy's KSV-0017 is privileged-container here$/,
  );
});

test('a baseline counts under the name that the control had before', () => {
  const old: Catalogue = {
    ...shipped,
    controls: new Map([['a-privileged', { ...privileged, id: 'a-privileged' }]]),
  };
  const baseline = readBaseline(writeBaseline(report('', old).findings)) as Baseline;
  const now: Catalogue = {
    ...shipped,
    controls: new Map([['privileged-container', { ...privileged, renamedFrom: ['a-privileged'] }]]),
  };
  assert.equal(report('', now, baseline).summary.suppressed, 1);
  assert.equal(report('', shipped, baseline).summary.suppressed, 0);
});

test('a suppression of what lint says is no mistake on a policy, and one elsewhere', () => {
  const problemsOf = (apiVersion: string, kind: string, trap: string): string[] => {
    const folder = mkdtempSync(path.join(tmpdir(), 'suppress-'));
    const spec = 'spec: {policyName: p, validationActions: [Deny]}';
    try {
      const annotations = `{ignore.scantling.dev/${trap}: the policy is applied by another team}`;
      const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: b, annotations: ${annotations}}\n${spec}\n`;
      writeFileSync(path.join(folder, 'a.yaml'), text);
      const selection = { profiles: undefined, controls: ['privileged-container'] };
      const { problems } = scan(scanOptions({ catalogue: shipped, cwd: folder, selection })).report;
      return problems.map(({ reason }) => reason);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const group = 'admissionregistration.k8s.io/v1';
  const binding = 'ValidatingAdmissionPolicyBinding';
  assert.deepEqual(problemsOf(group, binding, 'binding-without-policy'), []);
  assert.match(problemsOf(group, binding, 'binding-without-polcy').join(), /there is no control/);
  assert.match(
    problemsOf('example.com/v1', 'Widget', 'binding-without-policy').join(),
    /there is no control/,
  );
});
