import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mutating, policy, rule, sightings } from '../lint.fixture.ts';

const all = rule('', 'pods,pods/ephemeralcontainers', 'CREATE', 'UPDATE');
const find = (spec: Parameters<typeof policy>[0], ...rules: Parameters<typeof rule>[0][]): string[] =>
  sightings(
    'forgotten-containers',
    policy(spec, ...(rules.length > 0 ? rules.map((name) => rule('apps', name)) : [all])),
  );

const privileged = 'c.?securityContext.privileged.orValue(false)';

describe('forgotten containers', () => {
  test('a loop over containers alone forgets both other lists', () => {
    assert.deepEqual(find(`object.spec.containers.all(c, !${privileged})`), [
      'c.?securityContext.privileged: securityContext.privileged is judged for containers, and for initContainers nowhere in this policy',
      'c.?securityContext.privileged: securityContext.privileged is judged for containers, and for ephemeralContainers nowhere in this policy',
    ]);
  });

  test('a template has no ephemeral containers', () => {
    const found = find(`object.spec.template.spec.containers.all(c, !${privileged})`, 'deployments');
    assert.equal(found.length, 1);
    assert.match(found[0]!, /initContainers nowhere/);
  });

  test('another field of the list does not count', () => {
    const found = find(
      `object.spec.containers.all(c, !${privileged}) && object.spec.?initContainers.orValue([]).all(c, c.image != 'x') && object.spec.?ephemeralContainers.orValue([]).all(c, !${privileged})`,
    );
    assert.equal(found.length, 1);
    assert.match(found[0]!, /securityContext.privileged is judged for containers, and for initContainers/);
  });

  test('one container by its index', () => {
    const [found] = find('object.spec.containers[0].image != "x"');
    assert.match(found!, /^object.spec.containers\[0\]: one container is judged by its index/);
  });

  test('ephemeral containers are judged, and their requests do not match', () => {
    const lists = ['containers', 'initContainers', 'ephemeralContainers'];
    const expression = lists
      .map((list) => `object.spec.?${list}.orValue([]).all(c, c.image != 'x')`)
      .join(' && ');
    const found = sightings('forgotten-containers', policy(expression));
    assert.deepEqual(found, [
      'spec.matchConstraints.resourceRules.0.resources: ephemeral containers are added by an UPDATE of pods/ephemeralcontainers, which no rule of this policy matches',
    ]);
    assert.deepEqual(find(expression), []);
  });

  const lists =
    'object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])';
  test('no alarm for the lists put together', () => {
    assert.deepEqual(find(`(${lists}).all(c, !${privileged})`), []);
  });

  test('no alarm for lists put together in variables', () => {
    const spec = {
      variables: [
        { name: 'containers', expression: 'object.spec.containers' },
        {
          name: 'others',
          expression:
            'object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])',
        },
        { name: 'every', expression: 'variables.containers + variables.others' },
      ],
      validations: [{ expression: `variables.every.all(c, !${privileged})` }],
    };
    assert.deepEqual(find(spec), []);
  });

  test('no alarm for one validation for each list', () => {
    const of = (list: string): object => ({
      expression: `object.spec.?${list}.orValue([]).all(c, !${privileged})`,
    });
    assert.deepEqual(
      find({ validations: [of('containers'), of('initContainers'), of('ephemeralContainers')] } as never),
      [],
    );
  });

  test('no alarm for what only containers have', () => {
    assert.deepEqual(
      find('object.spec.containers.all(c, has(c.livenessProbe) && has(c.readinessProbe))'),
      [],
    );
    assert.deepEqual(find('object.spec.containers.size() < 10'), []);
  });

  test('no alarm for resources of ephemeral containers, which have none', () => {
    const found = find('object.spec.containers.all(c, has(c.resources.limits))');
    assert.equal(found.length, 1);
    assert.match(found[0]!, /initContainers/);
  });

  test('no alarm for something else that is called containers', () => {
    assert.deepEqual(
      sightings(
        'forgotten-containers',
        policy("object.spec.containers.all(c, c.image != 'x')", rule('example.com', 'things')),
      ),
      [],
    );
  });

  test('no alarm for mutations', () => {
    assert.deepEqual(
      sightings('forgotten-containers', mutating('object.spec.containers.all(c, has(c.image)) ? [] : []')),
      [],
    );
  });
});
