import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeView, diffView } from './code-view.ts';
import { toHtml } from './markup.ts';

test('lines with their numbers and the span marked', () => {
  const lines = [
    { number: 8, text: 'a:', from: 0, to: 0 },
    { number: 9, text: '  b: <1>', from: 2, to: 8 },
  ];
  assert.equal(
    toHtml(codeView(lines, 'spec.b')),
    '<figure><figcaption><bdi>spec.b</bdi></figcaption><pre class="code">' +
      '<span class="line" data-n="8">a:\n</span><span class="line" data-n="9">  <mark>b: &lt;1&gt;</mark>\n</span></pre></figure>',
  );
  assert.doesNotMatch(toHtml(codeView(lines, '')), /figcaption/);
});

test('hunks with the line they start at, without the names of the files', () => {
  const html = toHtml(
    diffView('--- a/x\n+++ b/x\n@@ -3,3 +3,2 @@\n a: 1\n--- b\n+++ c\n\\ No newline at end of file\n'),
  );
  assert.match(
    html,
    /^<pre class="code diff"><span class="hunk">from line 3\n<\/span><span class="line"> a: 1\n<\/span>/,
  );
  assert.match(
    html,
    /<del class="line">--- b\n<\/del><ins class="line">\+\+\+ c\n<\/ins>/,
    'lines that look like names',
  );
  assert.match(html, /<span class="line">\\ No newline/);
});
