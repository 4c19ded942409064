import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templateLines } from './template.ts';

const parts = (source: string) => templateLines(source).map((line) => line.parts);

test('lines of text and of text with actions, with their numbers', () => {
  const lines = templateLines('kind: Pod\n\nmetadata:\n  name: {{ .Release.Name }}-web\n');
  assert.deepEqual(
    lines.map(({ line, indent, text }) => [line, indent, text]),
    [
      [1, 0, 'kind: Pod'],
      [3, 0, 'metadata:'],
      [4, 2, 'name: {{ .Release.Name }}-web'],
    ],
  );
  assert.deepEqual(lines[2]!.parts, ['name: ', '-web']);
  assert.deepEqual(lines[2]!.actions, ['.Release.Name']);
});

test('what writes nothing makes no line', () => {
  const source = [
    '{{- /* a comment with }} and\nanother line */}}',
    '{{- $name := .Values.name -}}',
    '{{ if .Values.on }}',
    'a: 1',
    '{{- else }}',
    'b: 2',
    '{{ end }}',
  ].join('\n');
  assert.deepEqual(
    templateLines(source).map(({ line, text }) => [line, text]),
    [
      [5, 'a: 1'],
      [7, 'b: 2'],
    ],
  );
});

test('an action of several lines counts where it starts, the text behind it where it ends', () => {
  const lines = templateLines('x: {{ printf "%s"\n  .Values.a\n}}!\ny: 1\n');
  assert.deepEqual(
    lines.map(({ line, text }) => [line, text]),
    [
      [1, 'x: {{ printf "%s"\n  .Values.a }}'],
      [3, '!'],
      [4, 'y: 1'],
    ],
  );
});

test('braces inside of strings end no action', () => {
  assert.deepEqual(parts('a: {{ "}}" }}-{{ `}}` }}.'), [['a: ', '-', '.']]);
  assert.deepEqual(parts('a: {{ "\\"}}" }}.'), [['a: ', '.']]);
  assert.deepEqual(parts('a: {{ print "b}}c" }}.'), [['a: ', '.']]);
  assert.deepEqual(
    parts('a: {{ print "b\\\\" }}.{{ "c" }}'),
    [['a: ', '.', '']],
    'a backslash that is escaped itself',
  );
});

test('what a condition inside of a line leaves out is open', () => {
  assert.deepEqual(parts('a: {{ if .x }}b{{ else }}c{{ end }}'), [['a: ', '']]);
  assert.deepEqual(parts('image: {{ if .r }}{{ .r }}/{{ end }}{{ .n }}'), [['image: ', '', '']]);
  assert.deepEqual(parts('{{ if .x }}a: b{{ end }}'), [['a: b']]);
});

test('helpers that are defined in a template show where they are included', () => {
  const lines = templateLines(
    '{{ define "x" }}\na: 1\n{{ if .b }}b: 2{{ end }}\n{{ end }}\nc: {{ include "x" . }}\n',
  );
  assert.deepEqual(
    lines.map(({ line }) => line),
    [5],
  );
});

test('lines know the loops around them', () => {
  const lines = templateLines('a:\n{{ range .x }}\n- {{ . }}\n{{ range .y }}\n- b\n{{ end }}{{ end }}\nc:\n');
  assert.deepEqual(
    lines.map(({ loops }) => loops),
    [[], [0], [0, 1], []],
  );
});

test('values are followed through with, range and variables', () => {
  const source = [
    'a: {{ .Values.image.tag | default .Chart.AppVersion }}',
    '{{ with .Values.web }}',
    'b: {{ .port }} {{ $.Values.c }}',
    'w: {{ toYaml . }}',
    '{{ end }}',
    '{{ range $i, $e := .Values.list }}',
    'd: {{ $e.name }}',
    '{{ end }}',
    '{{ $x := .Values.x }}',
    'e: {{ $x.y }} {{ .Release.Name }} {{ "no .Values.z" }}',
    '{{ with .Values.p }}{{ else }}',
    'f: {{ .port }}',
    '{{ end }}',
  ].join('\n');
  assert.deepEqual(
    templateLines(source).map(({ values }) => values),
    [
      [['image', 'tag']],
      [['web', 'port'], ['c']],
      [['web']],
      [['list', undefined, 'name']],
      [['x', 'y']],
      [],
    ],
  );
});

test('whatever the text, there is an answer', () => {
  for (const source of [
    '',
    '{{',
    '{{ "',
    '{{ `',
    '{{/*',
    '{{ end }}{{ end }}',
    '}}',
    '{{ else }}',
    'a\r\n{{ . }}\r\n',
  ])
    assert.ok(Array.isArray(templateLines(source)), source);
});
