import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInSchema } from '../schema/built-in.ts';
import { goNumbers } from './go-conversion.ts';

const schema = builtInSchema('v1', 'Pod')!;
const converted = (spec: object) => goNumbers(schema, { spec: spec as never });

test('integers of 32 bits wrap', () => {
  const ports = (containerPort: number) => ({ containers: [{ name: 'a', ports: [{ containerPort }] }] });
  assert.deepEqual(converted(ports(4_294_967_376)), { object: { spec: ports(80) } });
  assert.deepEqual(converted(ports(-1)), { object: { spec: ports(-1) } });
});

test('integers of 64 bits stay', () => {
  for (const activeDeadlineSeconds of [5, 9007199254740993n]) {
    assert.deepEqual(converted({ activeDeadlineSeconds }), { object: { spec: { activeDeadlineSeconds } } });
  }
});

test('a fraction is no integer', () => {
  assert.deepEqual(converted({ activeDeadlineSeconds: 5.5 }), { error: 'cannot convert float64 to int64' });
  assert.deepEqual(converted({ priority: 5.5 }), { error: 'cannot convert float64 to int32' });
});

test('what is no integer by its schema is left alone, and shared', () => {
  const object = { spec: { containers: [{ name: 'a', resources: { limits: { cpu: 0.5 } } }] }, other: 1.5 };
  const result = goNumbers(schema, object);
  assert.ok('object' in result && result.object === object);
});
