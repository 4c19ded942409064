import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policy, sightings } from '../lint.fixture.ts';

const expensive = (spec: Parameters<typeof policy>[0]): string[] => sightings('too-expensive', policy(spec));
const checks = (spec: Parameters<typeof policy>[0]): string[] => sightings('too-many-checks', policy(spec));
const check = (resource: string): string =>
  `authorizer.group('').resource('${resource}').check('get').allowed()`;

describe('too expensive', () => {
  test('a loop in a loop over the same list', () => {
    const [found] = expensive(
      'object.spec.containers.all(c, object.spec.containers.exists_one(d, d.name == c.name))',
    );
    assert.match(
      found!,
      /^spec.validations.0.expression: a Pod of \d+ KiB with 512 containers costs more than 1,000,000 and is denied$/,
    );
  });

  test('over two lists, one of which is optional', () => {
    const [found] = expensive('object.spec.containers.all(c, object.spec.volumes.all(v, v.name != c.name))');
    assert.match(found!, /with 512 containers and volumes/);
  });

  test('failurePolicy Ignore lets it through', () => {
    const expression =
      'object.spec.containers.all(c, object.spec.containers.exists_one(d, d.name == c.name))';
    assert.match(
      expensive({ failurePolicy: 'Ignore', validations: [{ expression }] })[0]!,
      /is let through$/,
    );
  });

  for (const cheap of [
    "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))",
    "object.spec.containers.all(c, ['a', 'b'].exists(n, c.name == n))",
    'object.spec.containers.all(c, !has(c.ports) || c.ports.all(p, p.containerPort > 1024))',
  ]) {
    test(`no alarm: ${cheap}`, () => assert.deepEqual(expensive(cheap), []));
  }
});

describe('too many checks', () => {
  test('three on one way', () => {
    const expression = ['a', 'b', 'c'].map(check).join(' || ');
    assert.deepEqual(checks(expression), [
      'spec.validations.0.expression: asks the authorizer 3 times in one expression, which can pay for 2',
    ]);
  });

  test('in a loop', () => {
    assert.match(
      checks(`['a'].all(r, authorizer.group('').resource(r).check('get').allowed())`)[0]!,
      /once for every element/,
    );
  });

  test('no alarm for two, on different ways, in different variables', () => {
    assert.deepEqual(checks(`${check('a')} && ${check('b')}`), []);
    assert.deepEqual(checks(`${check('a')} ? ${check('b')} : ${check('c')}`), []);
    const variables = ['a', 'b', 'c'].map((name) => ({ name, expression: check(name) }));
    assert.deepEqual(
      checks({ variables, validations: [{ expression: 'variables.a && variables.b && variables.c' }] }),
      [],
    );
  });
});
