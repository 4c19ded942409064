import assert from 'node:assert/strict';
import { test } from 'node:test';
import { align } from './alignment.ts';
import { templateLines } from './template.ts';

/** The template's line numbers for each rendered line; those that only an action wrote are negative. */
function lines(template: string, rendered: string): (number | undefined)[] | undefined {
  const cut = templateLines(template);
  const text = rendered.split('\n').filter((line) => line.trim() !== '');
  return align(
    text.map((line) => ({ text: line.trim(), indent: line.length - line.trimStart().length })),
    cut,
  )?.map((match) => (match === undefined ? undefined : (match.isOwn ? 1 : -1) * cut[match.index]!.line));
}

test('lines of text, with values in them, and left out by conditions', () => {
  const template =
    'kind: Pod\n{{ if .a }}\nhostPID: true\n{{ end }}\nname: {{ .n }}\nlast: {{ .x }}:{{ .y }}';
  assert.deepEqual(lines(template, 'kind: Pod\nname: web\nlast: a:b'), [1, 5, 6]);
  assert.deepEqual(lines(template, 'kind: Pod\nhostPID: true\nname: web\nlast: a:b'), [1, 3, 5, 6]);
});

test('an empty value leaves no space behind', () => {
  assert.deepEqual(lines('a: {{ .a }}\nb: 1', 'a:\nb: 1'), [1, 2]);
});

test('an empty value before a key leaves the key where it is', () => {
  const template = '{{ .prefix }}name: {{ .n }}\n{{ .prefix }}image: {{ .i }}';
  assert.deepEqual(lines(template, 'image: nginx'), [2]);
  assert.deepEqual(lines(template, 'name: web\nimage: nginx'), [1, 2]);
});

test('an action that writes several lines has them all', () => {
  const template = 'a:\n  {{- toYaml .Values.a | nindent 2 }}\nb: 1';
  assert.deepEqual(lines(template, 'a:\n  x: 1\n  y:\n  - z\nb: 1'), [1, -2, -2, -2, 3]);
  const old = 'a:\n{{ toYaml .Values.a | indent 2 }}\nb: 1';
  assert.deepEqual(lines(old, 'a:\n  x: 1\n  y: 2\nb: 1'), [1, -2, -2, 3]);
  const inline = 'a: {{ toYaml .Values.a | nindent 2 }}\nb: 1';
  assert.deepEqual(lines(inline, 'a:\n  x: 1\n  y: 2\nb: 1'), [1, -1, -1, 2]);
});

test('loops are gone through as often as needed', () => {
  const template = 'ports:\n{{ range .p }}\n- name: {{ .name }}\n  port: {{ .port }}\n{{ end }}\nend: 1';
  const rendered = 'ports:\n- name: a\n  port: 1\n- name: b\n  port: 2\n- name: c\n  port: 3\nend: 1';
  assert.deepEqual(lines(template, rendered), [1, 3, 4, 3, 4, 3, 4, 6]);
  assert.deepEqual(
    lines('a:\n{{ range .p }}\n- {{ . }}\n{{ end }}\nb: 1', 'a:\n- x\n- y\n- z\nb: 1'),
    [1, 3, 3, 3, 5],
  );
});

test('of equal lines the one whose neighbours fit', () => {
  const container = (name: string): string =>
    `- name: ${name}\n  securityContext:\n    privileged: {{ .p }}\n`;
  const template = `{{ if .a }}\n${container('a')}{{ end }}\n${container('b')}`;
  const rendered = '- name: b\n  securityContext:\n    privileged: true\n';
  assert.deepEqual(lines(template, rendered), [6, 7, 8]);
  assert.deepEqual(
    lines(template, `- name: a\n  securityContext:\n    privileged: false\n${rendered}`),
    [2, 3, 4, 6, 7, 8],
  );
});

test('of several ways one without holes', () => {
  const template =
    '- name: DB\n  value: "{{ .db }}"\n{{ if .r }}\n- name: MODE\n  value: "master"\n- name: USER\n  value: "{{ .user }}"\n{{ end }}\nports: []';
  assert.deepEqual(lines(template, '- name: DB\n  value: "x"\nports: []'), [1, 2, 9]);
});

test('the document of a template with several', () => {
  const template = 'kind: A\nname: {{ .a }}\n---\nkind: B\nname: {{ .a }}\n';
  assert.deepEqual(lines(template, 'kind: B\nname: x'), [4, 5]);
});

test('a line that nothing explains has no match, and those around it keep theirs', () => {
  assert.deepEqual(lines('a: 1\nb: 2\nc: 3', 'a: 1\nb: 2\nzzz: 9\nc: 3'), [1, 2, undefined, 3]);
});

test('nothing on a side, and too much on both', () => {
  assert.deepEqual(lines('', 'a: 1'), [undefined]);
  assert.deepEqual(lines('a: 1', ''), []);
  const many = Array.from({ length: 2100 }, (_, i) => `k${i}: 1`).join('\n');
  assert.equal(lines(many, many), undefined);
});

test('large templates take a bounded time', () => {
  const many = Array.from({ length: 1900 }, (_, i) => `{{ range .x }}\nk${i}: {{ .v }}\n{{ end }}`).join(
    '\n',
  );
  const before = process.cpuUsage().user;
  lines(many, Array.from({ length: 1900 }, (_, i) => `k${i}: 1`).join('\n'));
  assert.ok(process.cpuUsage().user - before < 20_000_000);
});
