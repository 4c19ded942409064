import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Catalogue, openCatalogue } from '../catalogue/catalogue.ts';
import type { Finding, Report } from '../model/finding.ts';
import { scan, type ScanOptions } from './scan.ts';
import { scanOptions } from './scan-options.fixture.ts';

let catalogue: Catalogue;
const folder = mkdtempSync(path.join(tmpdir(), 'scantling-implied-'));

before(async () => {
  catalogue = await openCatalogue();
});
after(() => rmSync(folder, { recursive: true, force: true }));

function report(text: string, controls?: readonly string[], more: Partial<ScanOptions> = {}): Report {
  writeFileSync(path.join(folder, 'role.yaml'), text);
  const selection = { profiles: ['all'], controls };
  return scan(scanOptions({ catalogue, inputs: ['role.yaml'], cwd: folder, selection, ...more })).report;
}

/** The findings as they are kept, and as they are made one by one when they are read. */
const bothWays = (text: string, controls?: readonly string[]): (readonly Finding[])[] => [
  report(text, controls).findings,
  [...report(text, controls, { elements: false }).eachFinding!()],
];

const about = ({ findings }: Report): string[] =>
  findings
    .filter(({ control, verdict }) => control.startsWith('rbac-') && verdict === 'fail')
    .map(({ control, path: at, severity }) => `${severity} ${control} ${at}`);

const everything = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: root}
rules:
- {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
`;
const binding = (role: string): string => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: give-${role}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
`;

test('a rule that grants everything is told once', () => {
  assert.deepEqual(about(report(everything)), ['high rbac-wildcard-everything rules[0].resources']);
});

test('and the finding names what else it tells, whether all findings are kept or each is made when it is read', () => {
  for (const findings of bothWays(everything)) {
    assert.ok(findings.length > 0);
    for (const { control, tells } of findings) {
      if (control !== 'rbac-wildcard-everything') assert.equal(tells, undefined);
      else assert.ok(tells?.includes('rbac-read-secrets') && !tells.includes(control), String(tells));
    }
  }
  const [alone] = report(everything, ['rbac-read-secrets']).findings;
  assert.equal(alone?.tells, undefined);
});

test('of several findings of a control only those at the same place tell', () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - {name: all, image: web}
  - {name: less, image: web, securityContext: {capabilities: {drop: [NET_RAW]}}}
  - {name: more, image: web, securityContext: {capabilities: {add: [NET_RAW]}}}
`;
  const telling = report(pod, ['capabilities-restricted', 'net-raw-kept']).findings.map(
    ({ control, path: at, tells }) => `${control} ${at} ${tells?.join() ?? 'nothing'}`,
  );
  assert.deepEqual(telling, [
    'capabilities-restricted spec.containers[0].securityContext.capabilities.drop net-raw-kept',
    'capabilities-restricted spec.containers[1].securityContext.capabilities.drop nothing',
    'capabilities-restricted spec.containers[2].securityContext.capabilities.drop net-raw-kept',
    'capabilities-restricted spec.containers[2].securityContext.capabilities.add[0] net-raw-kept',
  ]);
});

test('an element that another control is not about does not tell it, kept or not', () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: a, image: "a:1", securityContext: {capabilities: {drop: [ALL], add: [SYS_TIME, NET_RAW]}}}
  - {name: b, image: "a:1", securityContext: {capabilities: {drop: [ALL], add: [SYS_ADMIN]}}}
`;
  for (const findings of bothWays(pod, ['capabilities-added', 'net-raw-kept']))
    assert.deepEqual(
      findings.map(({ control, path: at, tells }) => [control, at.replace(/^.*containers/, ''), tells]),
      [
        ['capabilities-added', '[0].securityContext.capabilities.add[0]', undefined],
        ['capabilities-added', '[0].securityContext.capabilities.add[1]', ['net-raw-kept']],
        ['capabilities-added', '[1].securityContext.capabilities.add[0]', undefined],
      ],
    );
});

test('the narrower controls find it where they alone are asked', () => {
  assert.deepEqual(about(report(everything, ['rbac-read-secrets'])), [
    'high rbac-read-secrets rules[0].resources',
  ]);
  writeFileSync(path.join(folder, '.scantling.yaml'), 'severity: {rbac-wildcard-everything: off}\n');
  const found = about(report(everything));
  rmSync(path.join(folder, '.scantling.yaml'));
  assert.ok(found.length > 10, found.join('\n'));
});

test('another rule of the same role is told beside it', () => {
  const both = everything.replace(
    'rules:',
    'rules:\n- {apiGroups: [""], resources: [secrets], verbs: [get]}',
  );
  assert.deepEqual(about(report(both)), [
    'high rbac-read-secrets rules[0].resources',
    'high rbac-wildcard-everything rules[1].resources',
  ]);
});

test('frameworks count what is implied: who may do everything may read Secrets', () => {
  const { compliance = [] } = report(everything, undefined, {
    selection: { profiles: ['cis-1.12'], controls: undefined },
  });
  const answers = compliance.flatMap(({ sections }) => sections.flatMap(({ requirements }) => requirements));
  const secrets = answers.find(({ id }) => id === '5.1.2');
  assert.equal(secrets?.answer, 'fail');
  assert.deepEqual(secrets?.failedBy, ['rbac-read-secrets']);
});

test('what is accepted of the telling control is accepted of the others', () => {
  const accepted = everything.replace(
    '{name: root}',
    '{name: root, annotations: {ignore.scantling.dev/rbac-wildcard-everything: it deploys all}}',
  );
  const {
    compliance = [],
    summary,
    problems,
  } = report(accepted, undefined, {
    selection: { profiles: ['cis-1.12'], controls: undefined },
  });
  assert.deepEqual(problems, []);
  assert.equal(summary.failures.critical + summary.failures.high, 0);
  const answers = compliance.flatMap(({ sections }) => sections.flatMap(({ requirements }) => requirements));
  assert.notEqual(answers.find(({ id }) => id === '5.1.2')?.answer, 'fail');
});

test('a suppression of a narrower control is used', () => {
  const accepted = everything.replace(
    '{name: root}',
    '{name: root, annotations: {ignore.scantling.dev/rbac-read-secrets: it backs them up}}',
  );
  assert.deepEqual(report(accepted).problems, []);
});

test('a role that a binding of the input gives to somebody is more severe, and says by which', () => {
  const bound = report(everything + binding('root'));
  assert.deepEqual(about(bound), ['critical rbac-wildcard-everything rules[0].resources']);
  const [finding] = bound.findings.filter(({ control }) => control === 'rbac-wildcard-everything');
  assert.match(finding!.message, /; bound by ClusterRoleBinding give-root$/);
  assert.equal(bound.summary.failures.critical, 1);
});

test('a binding of another role raises nothing', () => {
  assert.deepEqual(about(report(everything + binding('other'))), [
    'high rbac-wildcard-everything rules[0].resources',
  ]);
});

test('a severity of the configuration counts as it is', () => {
  writeFileSync(path.join(folder, '.scantling.yaml'), 'severity: {rbac-wildcard-everything: low}\n');
  const bound = report(everything + binding('root'));
  rmSync(path.join(folder, '.scantling.yaml'));
  assert.deepEqual(about(bound), ['low rbac-wildcard-everything rules[0].resources']);
});

test('elements that nobody looked at yet are raised as well', () => {
  const bound = report(everything + binding('root'), undefined, { elements: false });
  assert.ok(
    bound.failures.some(
      ({ control, severity }) => control === 'rbac-wildcard-everything' && severity === 'critical',
    ),
  );
});

test('what is about an object as a whole is told by whatever says more of it', () => {
  const budget = (spec: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {${spec}, selector: {matchLabels: {app: web}}}
`;
  const of = (spec: string): string[] =>
    report(budget(spec))
      .findings.filter(({ object, verdict }) => object.kind === 'PodDisruptionBudget' && verdict === 'fail')
      .map(({ control }) => control)
      .filter((control) => control.includes('evict'));
  assert.deepEqual(of('maxUnavailable: 0'), ['budget-allows-no-eviction']);
  assert.deepEqual(of('minAvailable: 2'), ['disruption-budget-blocks-eviction']);
});
