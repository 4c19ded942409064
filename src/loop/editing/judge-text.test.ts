import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  badPod,
  catalogue,
  folderOf,
  judged,
  marks,
  rulebookOf,
  textOf,
  today,
  wanted,
} from './editing.fixture.ts';
import { judgeText, mostNotices } from './judge-text.ts';
import { Neighbours } from './neighbours.ts';
import type { Notice } from './notice.ts';
import { Pace } from './pace.ts';

const of = (code: string) => (mark: string) => mark.startsWith(`${code} `);
const privileged = of('privileged-container');

describe('a text', () => {
  test('fails where the field stands', async () => {
    const { notices } = await judged(badPod);
    assert.deepEqual(marks(notices).filter(privileged), ['privileged-container 10:23-10:39']);
  });

  test('is judged document by document and item by item', async () => {
    const item = badPod
      .trimEnd()
      .split('\n')
      .map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`))
      .join('\n');
    const text = `${badPod}---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n${item}\n`;
    const { manifests, notices } = await judged(text);
    assert.equal(manifests.length, 2);
    assert.deepEqual(marks(notices).filter(privileged), [
      'privileged-container 10:23-10:39',
      'privileged-container 26:25-26:41',
    ]);
  });

  test('as JSON', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { hostPID: true, containers: [{ name: 'a', image: 'b' }] },
    };
    const text = JSON.stringify(pod, null, 2);
    const [mark] = marks((await judged(text)).notices).filter(of('host-namespaces'));
    const line = text.split('\n').findIndex((one) => one.includes('hostPID')) + 1;
    assert.equal(mark, `host-namespaces ${line}:5-${line}:20`);
  });

  test('marks what is unknown only where that is asked for, once for each reason', async () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n';
    const unknowns = (all: readonly Notice[]): Notice[] =>
      all.filter(({ message }) => message.startsWith('unknown'));
    assert.deepEqual(unknowns((await judged(namespace, { profiles: ['nsa'] })).notices), []);
    const { notices } = await judged(namespace, { profiles: ['nsa'], unknown: true });
    const [first, ...more] = unknowns(notices);
    assert.deepEqual(more, []);
    assert.equal(first!.loudness, 'hint');
    assert.equal(first!.location.line, 1);
    assert.match(
      first!.message,
      /^unknown, also for namespace-[^:]*: what is not in this input may exist elsewhere/,
    );
  });

  test('counts columns in UTF-16 code units, and lines at CRLF', async () => {
    const text = badPod
      .replace('securityContext: {privileged', '"🛒🛒": 1\n    securityContext: {privileged')
      .replaceAll('\n', '\r\n');
    assert.deepEqual(marks((await judged(text)).notices).filter(privileged), [
      'privileged-container 11:23-11:39',
    ]);
    const flow = `{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {"🛒": "𝒳"}}, spec: {hostPID: true, containers: [{name: a, image: b}]}}`;
    const column = flow.indexOf('hostPID') + 1;
    assert.deepEqual(marks((await judged(flow)).notices).filter(of('host-namespaces')), [
      `host-namespaces 1:${column}-1:${column + 'hostPID: true'.length}`,
    ]);
  });

  test('that cannot be read says where, and its other documents are judged', async () => {
    const { notices } = await judged(`apiVersion: v1\nkind: Pod\nmetadata: {name: [}\n---\n${badPod}`);
    const [broken] = notices.filter(({ code }) => code === undefined);
    assert.equal(broken!.loudness, 'error');
    assert.equal(broken!.location.line, 3);
    assert.equal(marks(notices).filter(privileged).length, 1);
  });

  test('that is no manifest has nothing said about it', async () => {
    for (const text of [
      '',
      '\n',
      'a: 1\n',
      'services: {web: {image: x}}\n',
      '- [',
      '{{ if .Values.x }}\n',
      '\ufeff',
      '\u0000',
    ])
      assert.deepEqual(marks((await judged(text)).notices), [], JSON.stringify(text));
  });

  test('names fields that the server does not know', async () => {
    const { notices } = await judged(badPod.replace('image:', 'imgae: x\n    image:'));
    assert.ok(notices.some(({ message, location }) => message.includes('"imgae"') && location.line === 9));
  });
});

describe('suppressions', () => {
  const annotated = (text: string): string =>
    badPod.replace('  namespace', `  annotations:\n    ${text}\n  namespace`);

  test('count', async () => {
    const { failures, notices } = await judged(
      annotated('ignore.scantling.dev/privileged-container: "as agreed"'),
    );
    assert.deepEqual(marks(notices).filter(privileged), []);
    assert.ok(!failures.some(({ control }) => control === 'privileged-container'));
  });

  test('that do not count are marked', async () => {
    const { notices } = await judged(annotated('ignore.scantling.dev/privileged-container: ""'));
    assert.ok(
      notices.some(
        ({ location, loudness, message }) =>
          loudness === 'warning' && location.line === 6 && message.includes('gives no reason'),
      ),
    );
    assert.equal(marks(notices).filter(privileged).length, 1);
  });
});

describe('exceptions of a configuration', () => {
  test('count for the files and objects that they are about', async (context) => {
    const folder = folderOf(context, {
      '.scantling.yaml':
        'exceptions:\n- {controls: [privileged-container], reason: agreed, match: {files: [a.yaml], names: [web]}}\n',
    });
    const marked = async (file: string, text: string): Promise<number> =>
      marks((await judged(text, { file: `${folder}/${file}` })).notices).filter(privileged).length;
    assert.equal(await marked('a.yaml', badPod), 0);
    assert.equal(await marked('b.yaml', badPod), 1);
    assert.equal(await marked('a.yaml', badPod.replace('name: web\n', 'name: other\n')), 1);
  });
});

test('what another control says already at the same place is said once', async () => {
  const role = (verbs: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: [${verbs}]}]
`;
  const implied = [...catalogue.controls.values()].filter(({ impliedBy }) => impliedBy.length > 0);
  const codes = (await judged(role('"*"'), { profiles: ['all'] })).notices.map(({ code }) => code);
  const folded = implied.filter(({ impliedBy }) => impliedBy.some((id) => codes.includes(id)));
  assert.ok(folded.length > 0, codes.join());
  for (const { id } of folded) assert.ok(!codes.includes(id), id);
});

describe('what all objects together show', () => {
  const missing = of('missing-config-map');
  const pod = badPod.replace('    image:', '    envFrom: [{configMapRef: {name: settings}}]\n    image:');
  const files = { 'namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n' };

  test('is unknown, and not said, of a text alone', async () => {
    assert.deepEqual(marks((await judged(pod, { profiles: ['all'] })).notices).filter(missing), []);
  });

  test('is told among whole folders, until the other file is there', async (context) => {
    const folder = folderOf(context, files);
    const options = { profiles: ['all'], file: `${folder}/pod.yaml`, folders: [folder] };
    const [mark] = marks((await judged(pod, options)).notices).filter(missing);
    assert.match(mark!, /^missing-config-map 9:/);
    const both = folderOf(context, {
      ...files,
      'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n',
    });
    const found = await judged(pod, { ...options, file: `${both}/pod.yaml`, folders: [both] });
    assert.deepEqual(marks(found.notices).filter(missing), []);
  });

  test('is not told where a part of the folders has to be rendered first', async (context) => {
    const folder = folderOf(context, {
      ...files,
      'chart/Chart.yaml': 'name: x\n',
      'chart/templates/a.yaml': 'kind: {{ .k }}\n',
    });
    const options = { profiles: ['all'], file: `${folder}/pod.yaml`, folders: [folder] };
    assert.deepEqual(marks((await judged(pod, options)).notices).filter(missing), []);
  });
});

describe('policies', () => {
  const policy = (expression: string): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  validations:
  - expression: ${expression}
    message: too many
`;
  const binding = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: replicas}
spec: {policyName: replicas, validationActions: [Deny]}
`;

  test('are linted down to the character', async () => {
    const { notices } = await judged(`${policy('object.spec.replicas < 5 && foo')}---\n${binding}`);
    const [refused] = notices.filter(({ message }) => message.includes("undeclared reference to 'foo'"));
    assert.equal(`${refused!.location.line}:${refused!.location.column}`, '9:45');
    assert.equal(refused!.loudness, 'error');
  });

  test('are linted among those of other files', async (context) => {
    const isUnbound = ({ message }: { message: string }): boolean =>
      message.includes('policy "replicas"') || message.includes('is not among');
    const alone = await judged(binding);
    assert.ok(alone.notices.some(isUnbound), marks(alone.notices).join('\n'));
    const folder = folderOf(context, { 'policy.yaml': policy('object.spec.replicas < 5') });
    const together = await judged(binding, { file: `${folder}/binding.yaml`, folders: [folder] });
    assert.deepEqual(together.notices.filter(isUnbound), []);
  });

  test('may suppress what lint says', async () => {
    const bad = policy('object.spec.replicas < 5');
    const before = (await judged(bad)).notices.filter(
      ({ about }) => about?.failure === undefined && about !== undefined,
    );
    assert.ok(before.length > 0);
    const annotations = before.map(({ code }) => `ignore.scantling.dev/${code}: "known"`).join(', ');
    const after = await judged(
      bad.replace('{name: replicas}', `{name: replicas, annotations: {${annotations}}}`),
    );
    assert.deepEqual(marks(after.notices), []);
  });
});

describe('much of it', () => {
  const pods = (count: number): string =>
    Array.from({ length: count }, (_, i) => badPod.replace('name: web', `name: web${i}`)).join('---\n');

  test('is cut, the worst being marked, and that is said', async () => {
    const { failures, notices } = await judged(pods(1200));
    assert.equal(notices.length, mostNotices + 1);
    assert.match(notices.at(-1)!.message, new RegExp(`^${failures.length} failures in this file`));
    const severities = new Set(notices.slice(0, -1).map(({ loudness }) => loudness));
    assert.deepEqual([...severities], ['error']);
  });

  test('stops when nobody wants it any more', async () => {
    const rulebook = rulebookOf();
    const around = {
      rulebook,
      rules: rulebook.for(undefined),
      neighbours: new Neighbours([], () => true),
      today,
    };
    const interest = { isGone: false };
    const answer = judgeText(textOf(pods(1200)), around, new Pace(interest));
    setImmediate(() => (interest.isGone = true));
    assert.equal(await answer, undefined);
    assert.notEqual(await judgeText(textOf(badPod), around, wanted()), undefined);
  });
});

test('every notice of a control can be looked up', async () => {
  const { notices } = await judged(badPod, { profiles: ['all'] });
  assert.ok(notices.length > 5);
  for (const { code } of notices) assert.ok(code !== undefined && catalogue.controls.has(code), code);
});
