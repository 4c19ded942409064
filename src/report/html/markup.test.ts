import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { h, toHtml, visible } from './markup.ts';

test('elements, attributes and text', () => {
  const made = h(
    'p',
    { class: 'a "b" <c>', id: undefined, hidden: true, open: false, n: 0 },
    'x < y & z',
    h('b', {}, '>'),
    undefined,
  );
  assert.equal(
    toHtml(made),
    '<p class="a &quot;b&quot; &lt;c&gt;" hidden n="0">x &lt; y &amp; z<b>&gt;</b></p>',
  );
  assert.equal(toHtml(undefined), '');
});

test('void elements have no end tag, others always one', () => {
  assert.equal(toHtml(h('br', {})), '<br>');
  assert.equal(toHtml(h('input', { type: 'checkbox' })), '<input type="checkbox">');
  assert.equal(toHtml(h('rect', { x: 1 })), '<rect x="1"></rect>');
});

test('what is invisible or turns text around is seen', () => {
  assert.equal(visible('web\u202egnp.exe\u200f\u2066\u0000\u0085\r'), 'web·gnp.exe·····');
  assert.equal(visible('a\tb\nc \u2028 ü 漢 🙂'), 'a\tb\nc \u2028 ü 漢 🙂');
  assert.equal(toHtml(h('a', { title: '\u202e' }, '\u001b[31m')), '<a title="·">·[31m</a>');
});

test('no text ends its place: what is written reads back', () => {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  const read = (text: string): string =>
    text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => names[name]!);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const written = toHtml(h('p', { title: text }, text));
      const parts = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/.exec(written);
      assert.ok(parts !== null, written);
      assert.deepEqual([read(parts[1]!), read(parts[2]!)], [visible(text), visible(text)]);
    }),
  );
});
