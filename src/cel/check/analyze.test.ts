import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { boolType, nullType, stringType } from '../type.ts';
import { analyze, typeText } from './analyze.ts';

const environment = kubernetesEnvironment('1.36', { hasParams: true });

function refusal(text: string, expect = [] as (typeof boolType)[]): string {
  const result = analyze(text, environment, expect);
  assert.ok('message' in result, `${text} is accepted`);
  return result.message;
}

function accepted(text: string): string {
  const result = analyze(text, environment);
  assert.ok('type' in result, 'message' in result ? result.message : '');
  return typeText(result.type);
}

test('compile errors read as the API server writes them', () => {
  assert.equal(
    refusal("object.x == undefined && 'é'.y"),
    "compilation failed: ERROR: <input>:1:13: undeclared reference to 'undefined' (in container '')\n" +
      " | object.x == undefined && 'é'.y\n | ............^\n" +
      "ERROR: <input>:1:29: type 'string' does not support field selection\n" +
      " | object.x == undefined && 'é'.y\n | ..........................．.^",
  );
});

test('the result must have one of the expected types exactly', () => {
  assert.equal(refusal('object.x', [boolType]), 'must evaluate to bool but got dyn');
  assert.equal(
    refusal("timestamp('2024-01-01T00:00:00Z')", [stringType, nullType]),
    'must evaluate to one of [string null_type] but got google.protobuf.Timestamp',
  );
  assert.ok('type' in analyze('object.x == 1', environment, [boolType]));
});

test('literals that cannot be read', () => {
  assert.match(refusal("duration('1x') < duration('1h')"), /:1:10: invalid duration argument\n/);
  assert.match(refusal("timestamp('2024')"), /:1:11: invalid timestamp argument\n/);
  assert.match(refusal("'a'.matches('[')"), /:1:13: invalid matches argument\n/);
  assert.match(refusal("[1, 'a']"), /:1:5: expected type 'int' but found 'string'\n/);
  assert.match(refusal("{'a': 1, 'b': 'c'}"), /:1:15: expected type 'int' but found 'string'\n/);
  assert.match(refusal('[object.a, 2]'), /:1:12: expected type 'dyn' but found 'int'\n/);
  assert.equal(accepted("'%s %d'.format(['a', 1])"), 'string');
  assert.equal(accepted('[?object.?a, object.b]'), 'list(dyn)');
});

test('format strings', () => {
  for (const [text, message] of [
    ["'%s'.format(['a', 'b'])", '1:12: too many arguments supplied to string.format (expected 1, got 2)'],
    ["'%s %s'.format(['a'])", '1:15: index 1 out of range'],
    [
      "'%d'.format(['a'])",
      '1:14: error during formatting: decimal clause can only be used on integers, was given string',
    ],
    ["'%q'.format(['a'])", '1:12: could not parse formatting clause: unrecognized formatting clause "q"'],
    ["'%'.format(['a'])", '1:11: unexpected end of string'],
    [
      "'%.3'.format([1.0])",
      '1:13: could not parse formatting clause: error while parsing precision: could not find end of precision specifier',
    ],
    [
      "'%.f'.format([1.0])",
      '1:13: could not parse formatting clause: error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax',
    ],
    [
      "'%s'.format([[1, quantity('1')]])",
      '1:26: error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given kubernetes.Quantity',
    ],
  ] as const) {
    assert.ok(refusal(text).startsWith(`compilation failed: ERROR: <input>:${message}\n`), refusal(text));
  }
  assert.equal(accepted("'%d%% %s'.format([object.a, {}])"), 'string');
});

test('constants are converted while the program is planned', () => {
  assert.equal(
    refusal("false && int('x') == 1"),
    "program instantiation failed: type conversion error from 'string' to 'int'",
  );
  assert.equal(
    refusal("'a'.find('[')"),
    'program instantiation failed: error parsing regexp: missing closing ]: `[`',
  );
  assert.equal(
    refusal("dyn({})[duration('1s')]"),
    'program instantiation failed: invalid qualifier type: types.Duration',
  );
  assert.equal(refusal('uint(dyn([]))'), 'program instantiation failed: no such overload: uint(list)');
  assert.equal(
    refusal('[int].filter(t, true)'),
    'program instantiation failed: reference to undefined type: t',
  );
  assert.equal(accepted("int('1' + 'x')"), 'int');
});

test('a hint names the version that has a missing function', () => {
  const old = kubernetesEnvironment('1.30');
  const result = analyze("ip('1.2.3.4') == ip('::1') && {}.transformMap(k, v, v) == {} && nothing()", old);
  assert.ok('hints' in result);
  assert.deepEqual(result.hints, ['ip needs Kubernetes >= 1.31', 'transformMap needs Kubernetes >= 1.33']);
});

test('a hundred problems are told, the others are counted', () => {
  const environment = kubernetesEnvironment('1.36');
  const names = Array.from({ length: 120 }, (_, i) => `a${i}`);
  const undeclared = analyze(`[${names.join(',')}]`, environment);
  assert.ok('issues' in undeclared);
  assert.equal(undeclared.issues.length, 100);
  assert.match(undeclared.message, /'a99' .*\n.*\n.*\n20 more errors were truncated$/);
  // Reading ends at the hundred and first syntax error.
  for (const text of ['$'.repeat(101), '$#@~'.repeat(20_000)]) {
    const junk = analyze(text, environment);
    assert.ok('issues' in junk);
    assert.equal(junk.issues.length, 100);
    assert.ok(junk.message.endsWith('\n1 more errors were truncated'));
  }
  const few = analyze('$'.repeat(99), environment);
  assert.ok('issues' in few);
  assert.equal(few.issues.length, 100); // and the end where an operand should be
  assert.doesNotMatch(few.message, /truncated/);
});

test('null is no duration, and a macro on a macro that failed fails at the same place', () => {
  assert.match(
    refusal('duration(null)'),
    /^compilation failed: ERROR: <input>:1:10: invalid duration argument\n/,
  );
  const text = refusal("(('b').sortBy(a, 'x')).sortBy(b, 'y')");
  assert.deepEqual([...text.matchAll(/<input>:1:\d+/g)].map(String), ['<input>:1:3', '<input>:1:3']);
});
