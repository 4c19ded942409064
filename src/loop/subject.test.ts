import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Catalogue, openCatalogue } from '../catalogue/catalogue.ts';
import { kindRegistry } from '../kube/kinds.ts';
import { scan } from './scan.ts';
import { scanOptionsOf } from './scan-options.fixture.ts';
import { subjectsOf } from './subject.ts';

let catalogue: Catalogue;
before(async () => {
  catalogue = await openCatalogue();
});

function findings(text: string, elements: boolean, controls?: readonly string[]): string[] {
  const selection = { profiles: ['all'], controls };
  const { report } = scan(scanOptionsOf(text, { catalogue, selection, elements }));
  return report.findings.map(({ control, path, verdict }) => `${verdict} ${control} ${path}`);
}

const deployment = `apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, securityContext: {privileged: true}}]}
`;
const ingress = `apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web}
spec: {backend: {serviceName: web, servicePort: 80}}
`;

test('a version that is gone is judged as its successor, and as it is written where a policy asks for exactly that', () => {
  for (const elements of [true, false]) {
    assert.deepEqual(findings(deployment, elements, ['deprecated-api', 'privileged-container']).sort(), [
      'fail deprecated-api apiVersion',
      'fail privileged-container spec.template.spec.containers[0].securityContext.privileged',
    ]);
  }
});

test('nothing is said twice of it', () => {
  const found = findings(deployment, true);
  assert.equal(new Set(found).size, found.length, found.join('\n'));
});

test('where the successor has another form all else is unknown', () => {
  assert.deepEqual(findings(ingress, true, ['deprecated-api', 'ingress-without-tls']).sort(), [
    'fail deprecated-api apiVersion',
    'unknown ingress-without-tls ',
  ]);
});

test('the subject as written has the group and version of the file, the other one those that are served', () => {
  const spec = { template: { spec: { containers: [{ name: 'a', image: 'a' }] } } };
  const value = { apiVersion: 'apps/v1beta2', kind: 'DaemonSet', metadata: { name: 'a' }, spec };
  const { subjects } = subjectsOf({ value } as never, kindRegistry());
  assert.deepEqual(
    subjects.map(({ request: { resource }, exactly }) => [resource.group, resource.version, exactly]),
    [
      ['apps', 'v1', undefined],
      ['apps', 'v1beta2', true],
    ],
  );
});

test('a name is unknown only where the server makes one', () => {
  const nameOf = (metadata: object): unknown => {
    const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    return subjectsOf({ value } as never, kindRegistry()).subjects[0]?.request.name;
  };
  assert.equal(nameOf({ name: 'a' }), 'a');
  assert.equal(nameOf({ generateName: 'a-' }), undefined);
  assert.equal(nameOf({ namespace: 'shop' }), '');
  assert.equal(nameOf({ name: '', generateName: '' }), '');
});
