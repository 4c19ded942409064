import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../model/object.ts';
import { readControl } from './control.ts';
import { ControlTester } from './tester.ts';

const metadata = { title: 't', practice: 11, severity: 'high', prelude: 'pods', why: 'w.', fix: 'f.' };

/** A control on Pods and Services that allows no hostPID, and no Service at all. */
function control(change: { readonly expression?: string; readonly metadata?: JsonObject } = {}) {
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'thing' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods', 'services'] },
        ],
      },
      validations: [
        {
          expression: change.expression ?? "object.kind == 'Pod' && !object.spec.?hostPID.orValue(false)",
          message: 'no hostPID',
        },
      ],
    },
  };
  return readControl('thing', {
    'control.yaml': { ...metadata, ...change.metadata },
    'policy.yaml': policy,
  }).control;
}

const fail = { fail: 'hostPID', pod: { hostPID: true }, kinds: 'Pod', path: 'pod.hostPID' };
const pass = { pass: 'none', kinds: 'Pod' };
const tester = new ControlTester([30, 36]);

function failuresOf(cases: Json[], change: Parameters<typeof control>[0] = {}): string[] {
  return tester.test(control(change), { cases }).failures.map(({ what, reason }) => `${what}: ${reason}`);
}

test('cases that hold are counted and not told', () => {
  const { runs, failures } = tester.test(control(), { cases: [fail, pass] });
  assert.deepEqual(failures, []);
  assert.equal(runs, 12, 'two cases, one kind, three lists, two versions');
});

test('a wrong verdict, path or message is a failure', () => {
  assert.match(
    failuresOf([fail, { ...pass, pod: { hostPID: true } }]).join('\n'),
    /Pod, initContainers, 1\.36: expected pass, got fail "no hostPID"/,
  );
  assert.match(failuresOf([{ ...fail, pod: {} }, pass]).join('\n'), /expected fail, got pass/);
  assert.match(
    failuresOf([{ ...fail, path: 'pod.hostIPC' }, pass]).join('\n'),
    /expected to fail at spec\.hostIPC, failed at spec\.hostPID/,
  );
  assert.match(
    failuresOf([{ ...fail, path: ['pod.hostPID', 'pod.hostIPC'] }, pass]).join('\n'),
    /expected to fail at spec\.hostPID, spec\.hostIPC, failed at spec\.hostPID/,
  );
  assert.match(
    failuresOf([{ ...fail, message: 'other' }, pass]).join('\n'),
    /expected the message "other", got "no hostPID"/,
  );
});

test('an object of a kind the control does not match is not applicable, and that is neither pass nor fail', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
  assert.deepEqual(failuresOf([fail, pass, { 'not-applicable': 'a ConfigMap', object }]), []);
  assert.match(
    failuresOf([fail, pass, { pass: 'a ConfigMap', object }]).join(),
    /expected pass, got not-applicable/,
  );
});

test('an evaluation error is never the expected failure', () => {
  const change = { expression: 'object.spec.missing.field' };
  assert.match(failuresOf([fail, pass], change).join('\n'), /must evaluate to bool/);
  const evaluated = { expression: 'object.spec.missing == 1' };
  assert.match(
    failuresOf([fail, pass], evaluated).join('\n'),
    /expected fail, got error: .*no such key: missing/,
  );
});

test('a policy that does not compile for a version is told once for that version', () => {
  const change = { expression: "isIP('10.0.0.1') && object.kind == 'Pod'" };
  const failures = failuresOf([fail, pass], change).filter((text) => text.startsWith('1.30: '));
  assert.equal(failures.length, 1, failures.join('\n'));
});

test('objects that the server could not read, unknown fields and unknown kinds are failures of the case', () => {
  assert.match(
    failuresOf([fail, { ...pass, pod: { hostPID: 'yes' } }]).join('\n'),
    /the object cannot be read/,
  );
  assert.match(
    failuresOf([fail, { ...pass, pod: { hostPid: true } }]).join('\n'),
    /has no field spec\.hostPid/,
  );
  const object = { apiVersion: 'apps/v1', kind: 'Thing' };
  assert.match(failuresOf([fail, { pass: 'a thing', object }, pass]).join('\n'), /has no kind Thing/);
});

test('cases hold in their versions only, and a case that holds in none is a failure', () => {
  const newer = { ...fail, kubernetes: '>=1.36' };
  assert.equal(tester.test(control(), { cases: [newer, pass] }).runs, 9);
  const gone = { ...control({ metadata: { kubernetes: '<=1.35' } }) };
  const all = new ControlTester();
  assert.deepEqual(
    all.test(gone, { cases: [newer, fail, pass] }).failures.map(({ name, reason }) => `${name}: ${reason}`),
    [': case 1 has the same name', 'hostPID: holds in no version'],
  );
});

test('what is wrong with the file itself is told', () => {
  assert.match(failuresOf([fail]).join('\n'), /there is no case that says "pass"/);
  assert.match(failuresOf([fail, { ...pass, nonsense: 1 }]).join('\n'), /unknown key "nonsense"/);
});
