import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { binding, policy, rule, sightings } from '../lint.fixture.ts';

const unguarded = (expression: string, ...rules: Parameters<typeof policy>[1][]): string[] =>
  sightings('unguarded-field', policy(expression, ...rules));

describe('unguarded field', () => {
  test('the smallest object lacks it', () => {
    assert.deepEqual(unguarded("object.metadata.labels.team == 'a'"), [
      'object.metadata.labels: "no such key: labels" for a valid Pod, which is then denied',
      'object.metadata.labels.team: "no such key: team" for a valid Pod, which is then denied',
    ]);
  });

  test('half a guard', () => {
    assert.deepEqual(unguarded('!has(object.spec.affinity) || object.spec.affinity.podAffinity != null'), [
      'object.spec.affinity.podAffinity: "no such key: podAffinity" for a valid Pod, which is then denied',
    ]);
  });

  test('inside of a loop', () => {
    const found = unguarded('object.spec.containers.all(c, c.securityContext.runAsNonRoot == true)');
    assert.match(found[0]!, /^c.securityContext: "no such key: securityContext"/);
  });

  test('behind a type that decides', () => {
    const expression = "object.spec.type != 'LoadBalancer' || object.metadata.annotations['a'] == 'x'";
    assert.match(unguarded(expression, rule('', 'services'))[0]!, /^object.metadata.annotations: /);
  });

  for (const guarded of [
    "!has(object.metadata.labels) || !has(object.metadata.labels.team) || object.metadata.labels.team == 'a'",
    "object.metadata.?labels.?team.orValue('') == 'a'",
    "'team' in object.metadata.?labels.orValue({}) && object.metadata.labels.team == 'a'",
    // The server sets defaults for these, and the image is required.
    "object.spec.restartPolicy == 'Always' && object.spec.dnsPolicy == 'ClusterFirst'",
    "object.spec.containers.all(c, c.image != 'x' && c.imagePullPolicy == 'Always')",
    'object.spec.securityContext != null',
    "object.spec.containers[0].name != 'x'",
  ]) {
    test(`no alarm: ${guarded}`, () => assert.deepEqual(unguarded(guarded), []));
  }

  test('no alarm for a field that the type asks for', () => {
    const expression = "object.spec.type != 'ExternalName' || object.spec.externalName != 'x'";
    assert.deepEqual(unguarded(expression, rule('', 'services')), []);
  });

  test('no alarm for kinds of which nothing is known', () => {
    assert.deepEqual(unguarded('object.spec.a.b.c == 1', rule('example.com', 'things')), []);
  });
});

describe('blocked deletion', () => {
  const both = rule('', 'pods', 'CREATE', 'UPDATE');
  const rules = '!object.spec.?hostNetwork.orValue(false)';
  const found = (...objects: Parameters<typeof sightings>[1][]): number =>
    sightings('blocks-deletion', ...objects).length;

  test('a plain rule on updates', () => {
    assert.deepEqual(sightings('blocks-deletion', policy(rules, both)), [
      'spec.validations.0.expression: a Pod that fails this cannot lose its finalizers: it stays terminating',
    ]);
  });

  const withCondition = (expression: string): ReturnType<typeof policy> =>
    policy({ matchConditions: [{ name: 'a', expression }], validations: [{ expression: rules }] }, both);

  test('no alarm for conditions that let it go', () => {
    assert.equal(found(withCondition('!has(object.metadata.deletionTimestamp)')), 0);
    assert.equal(found(withCondition('oldObject == null || object.spec != oldObject.spec')), 0);
    assert.equal(found(policy(`has(object.metadata.deletionTimestamp) || ${rules}`, both)), 0);
  });

  test('a condition that does not let it go', () => {
    assert.equal(found(withCondition("request.namespace != 'kube-system'")), 1);
  });

  test('no alarm where updates do not match, or nothing is denied', () => {
    assert.equal(found(policy(rules)), 0);
    assert.equal(found(policy(rules, both), binding({ validationActions: ['Warn'] })), 0);
    assert.equal(found(policy(rules, both), binding()), 1);
  });
});

describe('message that can fail', () => {
  const messages = (expression: string, messageExpression: string): string[] =>
    sightings('message-can-fail', policy({ validations: [{ expression, messageExpression }] }));

  test('it reads what need not be there', () => {
    assert.deepEqual(
      messages("object.metadata.?labels.?team.orValue('') != ''", "'team ' + object.metadata.labels.team"),
      ['object.metadata.labels: "no such key: labels" for a Pod that fails the validation'],
    );
  });

  test('it is empty', () => {
    assert.deepEqual(
      messages(
        "object.metadata.?labels.?team.orValue('') != ''",
        "string(object.metadata.?labels.?team.orValue(''))",
      ),
      ['spec.validations.0.messageExpression: empty for a Pod that fails the validation'],
    );
  });

  test('no alarm where a failing object has what it reads', () => {
    assert.deepEqual(
      messages("object.metadata.?labels.?team.orValue('a') == 'a'", "'team ' + object.metadata.labels.team"),
      [],
    );
    assert.deepEqual(
      messages("object.metadata.?labels.?team.orValue('') != ''", "object.metadata.name + ' has none'"),
      [],
    );
  });
});
