import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Optional, type Value } from '../value.ts';
import { formatLibrary, NamedFormat } from './format-library.ts';

const overload = (id: string) => formatLibrary.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => overload(id).implementation(...args);
const problems = (format: string, text: string): unknown =>
  (call('format-validate', call(`format.${format}`) as NamedFormat, text) as Optional).value;

test('a format is found by name, or not at all', () => {
  const found = call('format-named', 'dns1123Label') as Optional;
  assert.equal(found.value, call('format.dns1123Label'));
  assert.equal(call('format-named', 'unknown'), Optional.none);
  assert.equal(call('format-named', 'toString'), Optional.none);
});

test('a valid text has no problems', () => {
  const valid: Record<string, string[]> = {
    dns1123Label: ['my-name'],
    dns1123Subdomain: ['a.b.c'],
    dns1035Label: ['abc-123'],
    qualifiedName: ['example.com/name'],
    dns1123LabelPrefix: ['my-name-'],
    dns1123SubdomainPrefix: ['a.b-'],
    dns1035LabelPrefix: ['a-'],
    labelValue: ['', 'v1.0'],
    uri: ['https://example.com/x', '/path'],
    uuid: ['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'],
    byte: ['YWJj', 'YQ==', 'YWI='],
    date: ['2024-02-29', '0000-01-01'],
    datetime: ['2024-02-29T23:59:59Z', '2024-02-29t00:00:00.5+99:99', '2024-02-29T00:00:00x5z'],
  };
  const names = formatLibrary.overloads
    .filter(({ id }) => id.startsWith('format.'))
    .map(({ id }) => id.slice(7));
  assert.deepEqual(Object.keys(valid).sort(), names.sort());
  for (const [format, texts] of Object.entries(valid)) {
    for (const text of texts) assert.equal(problems(format, text), undefined, `${format} ${text}`);
  }
});

test('problems of values have one text each', () => {
  assert.deepEqual(problems('uuid', '123'), ['does not match the UUID format']);
  assert.deepEqual(problems('uuid', '123e4567-e89b-12d3-a456-42661417400g'), [
    'does not match the UUID format',
  ]);
  for (const text of ['', 'a', 'abc=d', 'Y===', 'YQ==\n', 'YQ-_']) {
    assert.deepEqual(problems('byte', text), ['invalid base64'], text);
  }
  for (const text of ['', '2023-02-29', '2024-13-01', '2024-1-01', '2024-01-00', '2024-01-01T']) {
    assert.deepEqual(problems('date', text), ['invalid date'], text);
  }
  for (const text of [
    '',
    '2024-02-30T00:00:00Z',
    '2024-02-29T24:00:00Z',
    '2024-02-29T00:00:00',
    '2024-02-29 00:00:00Z',
  ]) {
    assert.deepEqual(problems('datetime', text), ['invalid datetime'], text);
  }
  assert.deepEqual(problems('uri', 'x'), ['parse "x": invalid URI for request']);
  assert.deepEqual(problems('dns1123Label', 'a.b'), ['must not contain dots']);
});

test('formats are equal by name', () => {
  const label = call('format.dns1123Label') as NamedFormat;
  assert.ok(label.equals((call('format-named', 'dns1123Label') as Optional).value as NamedFormat));
  assert.ok(!label.equals(call('format.dns1035Label') as NamedFormat));
});

test('validating costs by the pattern behind the format', () => {
  const validate = overload('format-validate');
  assert.equal(validate.cost!([call('format.dns1123Label') as Value, 'a'.repeat(9)], Optional.none), 8);
  assert.equal(validate.cost!([call('format.uri') as Value, 'a'.repeat(20)], Optional.none), 3 * 276);
  assert.equal(overload('format-named').cost!(['x'], Optional.none), 1);
});
