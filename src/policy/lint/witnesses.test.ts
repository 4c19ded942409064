import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { valueAt } from '../../model/path.ts';
import { linted, policy, rule } from './lint.fixture.ts';
import type { Witness } from './witnesses.ts';

const witnessesOf = (expression: string, ...rules: Parameters<typeof policy>[1][]): readonly Witness[] =>
  linted(policy(expression, ...rules)).witnesses;

describe('witnesses', () => {
  test('start with the smallest object', () => {
    const [first] = witnessesOf('object.spec.hostNetwork != true');
    assert.deepEqual(first!.written['spec'], {
      containers: [{ name: 'app', image: 'registry.example.com/app:1.0' }],
    });
    assert.equal(first!.isValid, true);
  });

  test('differ in what the expressions read', () => {
    const values = witnessesOf('!has(object.spec.hostNetwork) || object.spec.hostPID').map(({ written }) => [
      valueAt(written, ['spec', 'hostNetwork']),
      valueAt(written, ['spec', 'hostPID']),
    ]);
    assert.ok(values.some(([network, pid]) => network === true && pid === true));
    assert.ok(values.some(([network, pid]) => network === true && pid === undefined));
  });

  test('take the literals of the expressions', () => {
    const replicas = witnessesOf('object.spec.replicas <= 5', rule('apps', 'deployments')).map(
      ({ written }) => valueAt(written, ['spec', 'replicas']),
    );
    assert.ok(replicas.includes(6) && replicas.includes(5));
  });

  test('say what may not be valid', () => {
    const byType = witnessesOf("object.spec.type == 'ExternalName'", rule('', 'services')).filter(
      ({ written }) => valueAt(written, ['spec', 'type']) === 'ExternalName',
    );
    assert.deepEqual(
      byType.map(({ doubtful }) => doubtful),
      [[['spec']]],
    );
    const named = witnessesOf("object.spec.nodeName == 'x y'").find(
      ({ written }) => valueAt(written, ['spec', 'nodeName']) !== undefined,
    );
    assert.equal(named!.isValid, false);
  });

  test('are few, also for large policies and many kinds', () => {
    const expression = Array.from({ length: 60 }, (_, index) => `has(object.metadata.labels.a${index})`).join(
      ' && ',
    );
    const kinds = rule('apps', 'deployments,statefulsets,daemonsets,replicasets');
    assert.ok(witnessesOf(expression, rule('', 'pods'), kinds).length <= 2 * 80 + 3);
  });

  test('none for kinds that are not known, or that only go', () => {
    assert.deepEqual(witnessesOf('has(object.x)', rule('example.com', 'things')), []);
    assert.deepEqual(witnessesOf('has(oldObject.x)', rule('', 'pods', 'DELETE')), []);
  });
});
