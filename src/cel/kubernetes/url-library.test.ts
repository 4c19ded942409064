import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Value } from '../value.ts';
import { parseURL, URLValue } from './url.ts';
import { urlLibrary } from './url-library.ts';

const overload = (id: string) => urlLibrary.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => overload(id).implementation(...args);
const example = parseURL('https://example.com:80/path?k=v') as URLValue;

test('reading and asking', () => {
  assert.ok(call('string_to_url', 'https://example.com') instanceof URLValue);
  assert.ok(call('string_to_url', '::') instanceof CelError);
  assert.equal(call('is_url_string', '/path'), true);
  assert.equal(call('is_url_string', 'path'), false);
});

test('getters', () => {
  assert.equal(call('url_get_scheme', example), 'https');
  assert.equal(call('url_get_host', example), 'example.com:80');
  assert.equal(call('url_get_hostname', example), 'example.com');
  assert.equal(call('url_get_port', example), '80');
  assert.equal(call('url_get_escaped_path', example), '/path');
  assert.deepEqual(call('url_get_query', example), { k: ['v'] });
});

test('costs', () => {
  assert.equal(overload('string_to_url').cost!(['https://example.com'], example), 2);
  assert.equal(overload('url_get_host').cost!([example], ''), 1);
  assert.equal(overload('is_url_string').cost, undefined, 'the default of one, however long the text');
});
