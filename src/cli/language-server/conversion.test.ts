import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Notice } from '../../loop/editing/notice.ts';
import type { ClientFeatures } from './client-features.ts';
import { diagnosticOf, editsOf, pathOf, rangeOf, touches, uriOf, workspaceEditOf } from './conversion.ts';

const all: ClientFeatures = {
  versionedDiagnostics: true,
  relatedInformation: true,
  codeDescription: true,
  documentChanges: true,
  changeAnnotations: true,
  disabledActions: true,
  lazyActions: true,
  markdown: true,
};
const none = Object.fromEntries(Object.keys(all).map((key) => [key, false])) as unknown as ClientFeatures;
const place = (line: number, column: number, endColumn: number) => ({
  line,
  column,
  endLine: line,
  endColumn,
});
const documentOf = (text: string): TextDocument => TextDocument.create('file:///a.yaml', 'yaml', 3, text);

test('URIs and paths', () => {
  assert.equal(pathOf('file:///a%20b/%F0%9F%9B%92.yaml'), '/a b/🛒.yaml');
  assert.equal(pathOf('untitled:Untitled-1'), undefined);
  assert.equal(pathOf('file://%%%'), undefined);
  assert.equal(uriOf('/a b.yaml'), 'file:///a%20b.yaml');
  const text = { uri: 'file:///c%3A/odd', file: '/c:/odd', version: 1, text: '' };
  assert.equal(uriOf('/c:/odd', text), 'file:///c%3A/odd');
});

test('places count from 0; a byte order mark has a place only here', () => {
  assert.deepEqual(rangeOf(place(3, 5, 9), 'x'), {
    start: { line: 2, character: 4 },
    end: { line: 2, character: 8 },
  });
  assert.deepEqual(rangeOf(place(1, 1, 5), '\ufeffkind: Pod').start, { line: 0, character: 1 });
  assert.deepEqual(rangeOf(place(2, 1, 5), '\ufeffa\nb').start, { line: 1, character: 0 });
});

describe('a notice', () => {
  const notice: Notice = {
    location: { file: '/a.yaml', ...place(2, 3, 4) },
    loudness: 'warning',
    code: 'host-namespaces',
    href: 'https://example.com',
    message: 'shares\u0007 \u202ethe node',
    related: [{ location: { file: '/b.yaml', ...place(1, 1, 2) }, message: 'Pod web' }],
  };
  const text = { uri: 'file:///a.yaml', file: '/a.yaml', version: 1, text: 'a\nbcde' };

  test('with everything that an editor understands', () => {
    assert.deepEqual(diagnosticOf(notice, text, all), {
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 3 } },
      severity: 2,
      source: 'scantling',
      message: 'shares· ·the node',
      code: 'host-namespaces',
      codeDescription: { href: 'https://example.com' },
      relatedInformation: [
        {
          location: {
            uri: 'file:///b.yaml',
            range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
          },
          message: 'Pod web',
        },
      ],
    });
  });

  test('and nothing else', () => {
    assert.deepEqual(Object.keys(diagnosticOf(notice, text, none)), [
      'range',
      'severity',
      'source',
      'message',
      'code',
    ]);
    assert.equal('code' in diagnosticOf({ ...notice, code: undefined }, text, all), false);
  });
});

describe('edits', () => {
  test('stand in the order of the text, in UTF-16 code units', () => {
    const document = documentOf('a: "🛒"\r\nb: 1\r\n');
    const edits = editsOf(
      [
        { start: document.getText().indexOf('1'), end: document.getText().indexOf('1') + 1, text: '2' },
        { start: 5, end: 5, text: 'x' },
        { start: 5, end: 5, text: 'y' },
        { location: { file: '/a', ...place(1, 1, 2) }, text: 'c' },
      ],
      document,
    );
    assert.deepEqual(
      edits.map(({ newText }) => newText),
      ['c', 'x', 'y', '2'],
    );
    assert.equal(
      TextDocument.applyEdits(document, edits),
      'c: "🛒xy"\r\nb: 2\r\n'.replace('🛒xy', '\ud83dxy\uded2'),
    );
  });

  test('name the version they are for, and the risk, where that is understood', () => {
    const edits = [{ range: rangeOf(place(1, 1, 1), ''), newText: 'x' }];
    const document = documentOf('');
    const risk = { label: 'Fix it', description: 'may fail' };
    assert.deepEqual(workspaceEditOf(edits, document, none, risk), { changes: { 'file:///a.yaml': edits } });
    assert.deepEqual(workspaceEditOf(edits, document, all), {
      documentChanges: [{ textDocument: { uri: 'file:///a.yaml', version: 3 }, edits }],
    });
    assert.deepEqual(workspaceEditOf(edits, document, all, risk), {
      documentChanges: [
        {
          textDocument: { uri: 'file:///a.yaml', version: 3 },
          edits: [{ ...edits[0], annotationId: 'risk' }],
        },
      ],
      changeAnnotations: { risk: { ...risk, needsConfirmation: true } },
    });
  });
});

test('ranges touch at their ends', () => {
  const range = (from: number, to: number) => rangeOf(place(1, from, to), '');
  assert.equal(touches(range(1, 3), range(3, 3)), true);
  assert.equal(touches(range(1, 3), range(4, 5)), false);
  assert.equal(touches(range(2, 2), range(1, 5)), true);
});
