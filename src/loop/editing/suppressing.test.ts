import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applySplices } from '../../yaml/index.ts';
import { badPod, judged } from './editing.fixture.ts';
import { suppressingOf } from './suppressing.ts';

async function suppressed(text: string, code = 'privileged-container'): Promise<string> {
  const { notices } = await judged(text);
  const { about } = notices.find((one) => one.code === code)!;
  const suppressing = suppressingOf(about!);
  if (typeof suppressing === 'string') return suppressing;
  const after = applySplices(text, suppressing.splices);
  const { failures } = await judged(after);
  assert.ok(!failures.some(({ control }) => control === code), after);
  return after;
}

test('the whole object, where the finding is about no container', async () => {
  const after = await suppressed(
    badPod.replace('  containers:', '  hostPID: true\n  containers:'),
    'host-namespaces',
  );
  assert.ok(after.includes('ignore.scantling.dev/host-namespaces: "TODO: say why"\n'), after);
});

test('an annotation for another container is widened, and its reason stays', async () => {
  const annotation =
    'ignore.scantling.dev/privileged-container: "as agreed; container=log; until=2999-01-01"';
  const after = await suppressed(
    badPod.replace('  namespace', `  annotations:\n    ${annotation}\n  namespace`),
  );
  assert.ok(after.includes('privileged-container: "as agreed; until=2999-01-01"'), after);
});

test('an item of a List and flow style', async () => {
  const after = await suppressed(
    `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: web, image: b, securityContext: {privileged: true}}]}}
`,
  );
  assert.ok(after.includes('metadata: {name: a, annotations: {'), after);
});

test('JSON stays JSON', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'web', image: 'b', securityContext: { privileged: true } }] },
  };
  const after = JSON.parse(await suppressed(JSON.stringify(pod, null, 2))) as typeof pod & {
    metadata: { annotations: Record<string, string> };
  };
  assert.deepEqual(after.metadata.annotations, {
    'ignore.scantling.dev/privileged-container': 'TODO: say why; container=web',
  });
});

test('annotations behind an alias are refused with the reason', async () => {
  const text = `apiVersion: v1
kind: Pod
metadata: {name: a, labels: &same {x: "1"}, annotations: *same}
spec: {containers: [{name: web, image: b, securityContext: {privileged: true}}]}
`;
  const { notices } = await judged(text);
  const { about } = notices.find((one) => one.code === 'privileged-container')!;
  assert.match(String(suppressingOf(about!)), /same/);
});
