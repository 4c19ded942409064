import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Action, actionsFor, everywhereAction, fixAllAction } from './actions.ts';
import { badPod, catalogue, changed, judged, titled } from './editing.fixture.ts';
import type { JudgedText } from './judge-text.ts';

async function actionsOn(
  text: string,
  code: string,
): Promise<{ of: JudgedText; actions: readonly Action[] }> {
  const of = await judged(text, { profiles: ['all'] });
  const notices = of.notices.filter((one) => one.code === code);
  assert.ok(notices.length > 0, `nothing fails ${code}`);
  return { of, actions: actionsFor(of, notices, catalogue) };
}

const codesOf = async (text: string): Promise<string[]> =>
  (await judged(text, { profiles: ['all'] })).notices.map(({ code }) => code ?? '');

/** Its image comes from a registry that has moved, which is safe to write. */
const movedPod = badPod.replace(/image: .*/, 'image: "k8s.gcr.io/pause:3.9"   # as ever');

describe('a fix', () => {
  test('that is safe is preferred, changes a line and leaves the rest', async () => {
    const { actions, of } = await actionsOn(movedPod, 'retired-image-registry');
    const action = titled(actions, 'Fix retired-image-registry: spec.containers[0].image');
    assert.equal(action.isPreferred, true);
    assert.equal(action.risk, undefined);
    const after = changed(movedPod, action.changes());
    assert.equal(after, movedPod.replace('k8s.gcr.io', 'registry.k8s.io'));
    assert.ok(!(await codesOf(after)).includes('retired-image-registry'));
    assert.ok(of.failures.length > 1);
  });

  test('that is unsafe says so, is not preferred and asks', async () => {
    const { actions, of } = await actionsOn(badPod, 'mutable-container-file-system');
    const action = titled(actions, 'Fix mutable-container-file-system, unsafe');
    assert.equal(action.isPreferred, false);
    assert.match(action.risk!.description, /fails until it gets an emptyDir/);
    const after = changed(badPod, action.changes());
    assert.ok(after.includes('{privileged: true, readOnlyRootFilesystem: true}'), after);
    assert.equal(
      action.notices[0],
      of.notices.find(({ code }) => code === 'mutable-container-file-system'),
    );
  });

  test('that there is not says why', async () => {
    const text = badPod.replace(
      '  containers:',
      '  volumes: [{name: a, hostPath: {path: /var}}]\n  containers:',
    );
    const { actions } = await actionsOn(text, 'host-path-volume');
    const action = titled(actions, 'Fix host-path-volume');
    assert.match(action.disabled!, /another volume/);
    assert.deepEqual(action.changes(), []);
  });

  test('of what stands behind an alias is refused', async () => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: a, annotations: {x: &on "true"}}
spec:
  containers:
  - {name: a, image: b, securityContext: &c {privileged: true}}
  - {name: b, image: b, securityContext: *c}
`;
    const { actions } = await actionsOn(text, 'privileged-container');
    const action = titled(actions, 'Fix privileged-container');
    assert.ok(action.disabled !== undefined && action.disabled !== '');
  });
});

describe('all fixes', () => {
  const twice = `${movedPod}---\n${movedPod.replace('name: web', 'name: log')}`;
  const mended = twice.replaceAll('k8s.gcr.io', 'registry.k8s.io');

  test('of one control are one change, offered where there are two', async () => {
    const of = await judged(twice, { profiles: ['all'] });
    const action = everywhereAction('retired-image-registry', of, catalogue)!;
    assert.equal(action.notices.length, 2);
    assert.equal(changed(twice, action.changes()), mended);
    assert.equal(everywhereAction('privileged-container', of, catalogue), undefined);
    const once = await judged(movedPod, { profiles: ['all'] });
    assert.equal(everywhereAction('retired-image-registry', once, catalogue), undefined);
  });

  test('that are safe are one change, after which none is left', async () => {
    const of = await judged(twice, { profiles: ['all'] });
    const action = fixAllAction(of, catalogue)!;
    assert.equal(action.kind, 'source.fixAll.scantling');
    assert.equal(changed(twice, action.changes()), mended);
    assert.equal(fixAllAction(await judged(mended, { profiles: ['all'] }), catalogue), undefined);
  });

  test('leave what is suppressed', async () => {
    const text = movedPod.replace(
      '  namespace',
      '  annotations: {ignore.scantling.dev/retired-image-registry: "mirrored here"}\n  namespace',
    );
    assert.equal(fixAllAction(await judged(text, { profiles: ['all'] }), catalogue), undefined);
  });

  test('are nothing where nothing is safe to mend', async () => {
    assert.equal(fixAllAction(await judged('a: 1\n'), catalogue), undefined);
  });
});

describe('a suppression', () => {
  test('is an annotation for the container, and counts', async () => {
    const { actions } = await actionsOn(badPod, 'privileged-container');
    const action = titled(actions, 'Suppress privileged-container on container web of Pod shop/web');
    const after = changed(badPod, action.changes());
    assert.ok(
      after.includes('    ignore.scantling.dev/privileged-container: "TODO: say why; container=web"'),
      after,
    );
    assert.ok(!(await codesOf(after)).includes('privileged-container'));
  });

  test('is offered for what lint finds', async () => {
    const text = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: a}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "object.spec.hostPID"}]
`;
    const of = await judged(text);
    const [notice] = of.notices.filter(({ about }) => about !== undefined);
    const action = titled(actionsFor(of, [notice!], catalogue), `Suppress ${notice!.code} on`);
    const after = await judged(changed(text, action.changes()));
    assert.ok(!after.notices.some(({ code }) => code === notice!.code));
  });
});

test('what a message proposes is done where it is marked', () => {
  const location = { file: '/a', line: 1, column: 1, endLine: 1, endColumn: 7 };
  const notice = {
    location,
    loudness: 'error',
    code: undefined,
    href: undefined,
    message: 'unknown key "profil"; did you mean "profile"?',
    related: [],
  } as const;
  const of = {
    text: { uri: 'a', file: '/a', version: 1, text: 'profil: x\n' },
    notices: [notice],
    manifests: [],
    extracts: [],
    failures: [],
    derives: false,
  };
  const action = titled(actionsFor(of, [notice], catalogue), 'Change it to profile');
  assert.equal(changed('profil: x\n', action.changes()), 'profile: x\n');
  assert.equal(action.isPreferred, true);
});
