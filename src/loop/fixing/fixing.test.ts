import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Catalogue, openCatalogue } from '../../catalogue/catalogue.ts';
import { scan } from '../scan.ts';
import { scanOptionsOf } from '../scan-options.fixture.ts';
import { fix, type MendedFile } from './fixing.ts';

let catalogue: Catalogue;

before(async () => {
  catalogue = await openCatalogue();
});

/** Mends one text by some controls; undefined where nothing fails. */
function mend(text: string, controls: readonly string[], unsafe = true): MendedFile | undefined {
  const selection = { profiles: undefined, controls };
  const { failures } = scan(scanOptionsOf(text, { catalogue, selection }));
  return fix(failures, { catalogue, unsafe })[0];
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
      - name: web   # the shop
        image: "nginx"
        securityContext:
          privileged: true   # for the camera
      - {name: side, image: x, securityContext: {privileged: true}}
`;

test('only what has to change changes, and a second time nothing does', () => {
  const { after, mendings } = mend(deployment, ['privileged-container'])!;
  assert.equal(after, deployment.replaceAll('privileged: true', 'privileged: false'));
  assert.deepEqual(
    mendings.map(({ control, refused }) => [control, refused]),
    [['privileged-container', undefined]],
  );
  assert.equal(mend(after, ['privileged-container']), undefined);
});

test('what may break programs is left unless it is asked for', () => {
  const { after, mendings } = mend(deployment, ['privileged-container'], false)!;
  assert.equal(after, deployment);
  assert.match(mendings[0]!.refused!, /^--unsafe mends it: /);
});

test('several controls mend one object one after the other', () => {
  const { after, mendings } = mend(deployment, ['privileged-container', 'privilege-escalation'])!;
  assert.ok(mendings.every(({ refused }) => refused === undefined));
  assert.equal(mend(after, ['privileged-container', 'privilege-escalation']), undefined);
  assert.match(after, /privileged: false   # for the camera\n          allowPrivilegeEscalation: false\n/);
});

test('items of a List and other documents of the file', () => {
  const pod = (name: string): string =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: c, image: x, securityContext: {privileged: true}}]}}`;
  const text = `# first\n${pod('a')}\n---\napiVersion: v1\nkind: List\nitems:\n- ${pod('b')}\n- ${pod('c')} # last\n`;
  const { after, mendings } = mend(text, ['privileged-container'])!;
  assert.equal(mendings.length, 3);
  assert.equal(after, text.replaceAll('privileged: true', 'privileged: false'));
});

test('JSON stays JSON', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'x', securityContext: { privileged: true } }] },
  };
  const text = `${JSON.stringify(object, null, 4)}\n`;
  const { after } = mend(text, ['privileged-container'])!;
  assert.equal(after, text.replace('"privileged": true', '"privileged": false'));
});

test('what an alias repeats is left, with the anchor named; others in the file are mended', () => {
  const text = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: a
    image: x
    securityContext: &sc
      privileged: true
  - name: b
    image: x
    securityContext: *sc
---
${deployment}`;
  const { after, mendings } = mend(text, ['privileged-container'])!;
  assert.deepEqual(
    mendings.map(({ refused }) => refused),
    ['an alias repeats it, which would change too: &sc', undefined],
  );
  assert.equal(
    after,
    text.slice(0, -deployment.length) + deployment.replaceAll('privileged: true', 'privileged: false'),
  );
});

test('CRLF', () => {
  const text = deployment.replaceAll('\n', '\r\n');
  assert.equal(
    mend(text, ['privileged-container'])!.after,
    text.replaceAll('privileged: true', 'privileged: false'),
  );
});

test('several controls that add to one place, and one that takes away in between', () => {
  const kubeadm = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n';
  const controls = ['apiserver-profiling', 'apiserver-token-extension'];
  const added = mend(kubeadm, controls)!;
  assert.match(added.after, /name: profiling\n +value: "false"/);
  assert.match(added.after, /name: service-account-extend-token-expiration\n +value: "false"/);
  assert.equal(mend(added.after, controls), undefined, 'what is called mended passes');

  const flags = ['kube-apiserver', '--token-auth-file=/tokens', '--v=2'];
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.3
    command:
${flags.map((flag) => `    - ${flag}\n`).join('')}`;
  const { after, mendings } = mend(pod, [...controls, 'apiserver-static-credentials'])!;
  assert.deepEqual(
    mendings.map(({ refused }) => refused),
    [undefined, undefined, undefined],
  );
  assert.equal(
    after,
    `${pod.replace('    - --token-auth-file=/tokens\n', '')}    - --profiling=false\n    - --service-account-extend-token-expiration=false\n`,
  );
});

const onTheNode = (port: string): string => `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostNetwork: true
  containers:
  - name: web
    image: web:1
    ports:
    - ${port}
`;

test('a fix that another one makes possible is tried again', () => {
  const { after, mendings } = mend(onTheNode('{containerPort: 80, hostPort: 80}'), [
    'host-port',
    'host-namespaces',
  ])!;
  assert.deepEqual(
    mendings.map(({ control, refused, paths }) => [control, refused, paths.length]),
    [
      ['host-port', undefined, 1],
      ['host-namespaces', undefined, 1],
    ],
  );
  assert.equal(after, onTheNode('{containerPort: 80}').replace('  hostNetwork: true\n', ''));
});

test('what another fix mends along the way is mended, and a default that goes with it is no hindrance', () => {
  const { after, mendings } = mend(onTheNode('containerPort: 80'), ['host-port', 'host-namespaces'])!;
  assert.deepEqual(
    mendings.map(({ control, refused, paths }) => [control, refused, paths.length]),
    [
      ['host-port', undefined, 0],
      ['host-namespaces', undefined, 1],
    ],
  );
  assert.equal(after, onTheNode('containerPort: 80').replace('  hostNetwork: true\n', ''));
});

test('a pod of the control plane keeps what it needs of the node; its flags are mended', () => {
  const text = `apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system, labels: {component: kube-apiserver, tier: control-plane}}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.3
    command:
    - kube-apiserver
    - --advertise-address=192.168.1.10
  hostNetwork: true
`;
  const controls = ['host-namespaces', 'root-by-default', 'apiserver-token-extension'];
  const { after, mendings } = mend(text, controls)!;
  assert.equal(
    after,
    text.replace('192.168.1.10\n', '192.168.1.10\n    - --service-account-extend-token-expiration=false\n'),
  );
  const refusals = new Map(mendings.map(({ control, refused }) => [control, refused]));
  assert.equal(refusals.get('apiserver-token-extension'), undefined);
  assert.match(
    refusals.get('host-namespaces')!,
    /^the pod runs kube-apiserver, without which the cluster stops: this is for a person to change \(/,
  );
  assert.match(refusals.get('root-by-default')!, /^the pod runs kube-apiserver, /);
  assert.match(
    mend(text, ['root-by-default'], false)!.mendings[0]!.refused!,
    /^the pod runs kube-apiserver, /,
  );
});
