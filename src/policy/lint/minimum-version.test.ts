import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { binding, mutating, policy } from './lint.fixture.ts';
import { MinimumVersions } from './minimum-version.ts';

const minimum = (object: JsonObject): string | undefined => new MinimumVersions().of(object)?.version;

describe('minimum version', () => {
  for (const [expression, version] of [
    ["object.metadata.name != 'x'", '1.30'],
    ['isIP(object.metadata.name)', '1.31'],
    ['format.dns1123Label().validate(object.metadata.name).hasValue()', '1.32'],
    ['object.spec.all(k, v, k != v)', '1.33'],
    ['isSemver(object.metadata.name)', '1.34'],
    ['[1, 2].includes(object.x)', undefined],
    ['object.x', undefined],
  ] as const) {
    test(`${expression}: ${version ?? 'none'}`, () => {
      // `includes` is in the libraries of 1.37, which new expressions may use one version later.
      assert.equal(minimum(policy(expression)), version);
    });
  }

  test('a finding says what the version before says, at the place', () => {
    const [found] = new MinimumVersions().finding(policy('isSemver(object.metadata.name)'));
    assert.equal(found!.trap, 'needs-newer-kubernetes');
    assert.deepEqual(found!.span, { start: 0, end: 30 });
    assert.match(
      found!.message,
      /^needs Kubernetes >= 1.34; before, the API server says: .*undeclared reference to 'isSemver'/,
    );
  });

  test('mutating policies are served from 1.36 on', () => {
    const patch = mutating('[JSONPatch{op: "remove", path: "/spec/hostNetwork"}]');
    const [found] = new MinimumVersions().finding(patch);
    assert.deepEqual(found!.path, ['kind']);
    assert.equal(
      found!.message,
      'needs Kubernetes >= 1.36; before, the API server says: no matches for kind "MutatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1"',
    );
  });

  test('no finding for what every version takes, or none', () => {
    const versions = new MinimumVersions();
    assert.deepEqual(versions.finding(policy("object.metadata.name != 'x'")), []);
    assert.deepEqual(versions.finding(policy('object.x')), []);
    assert.deepEqual(versions.finding(binding()), []);
  });
});
