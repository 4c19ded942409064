import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { badPod, catalogue, judged } from './editing.fixture.ts';
import { describeControl, describeExpression, describeNotice } from './hover.ts';

async function hoverOn(text: string, code: string): Promise<string> {
  const { notices } = await judged(text, { profiles: ['all'] });
  return describeNotice(
    notices.find((one) => one.code === code)!,
    catalogue,
  )!;
}

describe('what a finding means', () => {
  test('what, why, what to prefer, the change and where to read', async () => {
    const text = await hoverOn(badPod, 'mutable-container-file-system');
    const control = catalogue.controls.get('mutable-container-file-system')!;
    assert.ok(text.startsWith('**mutable-container-file-system** · low · Linux security features\n'));
    assert.ok(text.includes(`**Why** ${control.why}`));
    assert.ok(text.includes(`**Prefer** ${control.fix}`));
    assert.ok(
      text.includes(
        '\n-    securityContext: {privileged: true}\n+    securityContext: {privileged: true, readOnlyRootFilesystem: true}\n',
      ),
      text,
    );
    for (const one of control.references) assert.ok(text.includes(`- <${one}>`));
  });

  test('why there is no fix', async () => {
    const text = await hoverOn(
      badPod.replace('  containers:', '  volumes: [{name: a, hostPath: {path: /var}}]\n  containers:'),
      'host-path-volume',
    );
    assert.match(text, /\*\*Fix\*\* by hand: /);
  });

  test('what a manifest says stays text', async () => {
    const text = await hoverOn(
      badPod.replace('name: web   #', 'name: "![x](http://evil)<b>"   #'),
      'privileged-container',
    );
    assert.ok(!text.split('~~~~')[0]!.includes('![x](http'), text);
  });

  test('code cannot close its own block', async () => {
    const text = await hoverOn(
      badPod.replace('    image:', '    env: [{name: a, value: "~~~~~~"}]\n    image:'),
      'mutable-container-file-system',
    );
    assert.ok(text.includes('~~~~~~~diff\n'), text);
  });

  test('of a problem of the text there is only its message', async () => {
    const { notices } = await judged('apiVersion: v1\nkind: Pod\nmetadata: {name: [}\n');
    assert.equal(describeNotice(notices[0]!, catalogue), undefined);
  });
});

test('a control by itself', () => {
  const text = describeControl(catalogue.controls.get('privileged-container')!);
  assert.ok(text.startsWith('**privileged-container** · critical · '));
});

test('types of an expression, with the kinds where they differ', () => {
  const types = [
    { type: 'int', kinds: ['Deployment', 'StatefulSet'] },
    { type: 'dyn', kinds: [] },
  ];
  assert.equal(
    describeExpression({ text: 'object.spec\n  .replicas', start: 0, end: 1, types }),
    '~~~~cel\nobject.spec .replicas\n~~~~\n\n~~~~text\nint  // Deployment, StatefulSet\ndyn\n~~~~',
  );
});
