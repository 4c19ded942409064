import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlLink, externalLink } from './link.ts';
import { toHtml } from './markup.ts';

test('a link out of the page takes nothing along', () => {
  const link = toHtml(externalLink('https://kubernetes.io/docs/?a=1&b="2"'));
  assert.equal(
    link,
    '<a href="https://kubernetes.io/docs/?a=1&amp;b=&quot;2&quot;" rel="noreferrer noopener">kubernetes.io/docs/?a=1&amp;b=&quot;2&quot;</a>',
  );
});

test('anything but an address of the web is text', () => {
  for (const url of [
    'javascript:alert(1)',
    'data:text/html,x',
    ' https://x',
    '//x',
    'file:///etc/passwd',
    '',
  ])
    assert.doesNotMatch(toHtml(externalLink(url)), /<a/, url);
});

test('a link to a control, whatever its name', () => {
  assert.match(toHtml(controlLink('host-port')), /href="#control-host-port"/);
  assert.match(toHtml(controlLink('a "b" #c')), /href="#control-a%20%22b%22%20%23c"/);
  assert.match(toHtml(controlLink('\ud800')), /href="#control-%EF%BF%BD"/);
});
