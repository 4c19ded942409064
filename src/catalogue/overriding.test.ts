import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverView } from '../kube/view/server-view.ts';
import type { JsonObject } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { judge, noParams, PolicyCompiler } from '../policy/index.ts';
import { bindControl } from './bind.ts';
import { checkoutCatalogue } from './load.ts';
import { formatMinorVersion, type MinorVersion, minorVersions } from './versions.ts';
import { createRequest } from '../policy/request.fixture.ts';

const { controls, profiles } = checkoutCatalogue();

/** Which controls of pss-restricted report which path of a pod, as `path` -> ids. */
function reported(spec: JsonObject, version: MinorVersion, compiler: PolicyCompiler): Map<string, string[]> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod', namespace: 'default' }, spec };
  const request = createRequest({
    name: 'pod',
    namespace: 'default',
    object: serverView(pod as never).object as JsonObject,
  });
  const found = new Map<string, string[]>();
  for (const id of profiles.get('pss-restricted')?.controls ?? []) {
    const control = controls.get(id);
    const bound = control && bindControl(control, version, compiler);
    if (bound === undefined) continue;
    const [judgement] = judge([bound.bound], request, {
      findNamespace: () => undefined,
      params: noParams,
      findElements: true,
    });
    const elements = judgement?.validations.flatMap((validation) =>
      validation.verdict === 'fail' ? validation.elements : [],
    );
    for (const path of new Set(elements?.map((element) => formatPath(element.path)))) {
      found.set(path, [...(found.get(path) ?? []), id]);
    }
  }
  return found;
}

const container = (securityContext: JsonObject): JsonObject => ({
  containers: [{ name: 'web', image: 'web:1', securityContext }],
});
const field = 'spec.containers[0].securityContext';

/** A pod that a baseline check and the restricted check that overrides it both forbid, and the path they share. */
const shared: Readonly<Record<string, readonly [spec: JsonObject, path: string]>> = {
  'an added capability': [
    container({ capabilities: { add: ['SYS_ADMIN'] } }),
    `${field}.capabilities.add[0]`,
  ],
  'no seccomp filter in a container': [
    container({ seccompProfile: { type: 'Unconfined' } }),
    `${field}.seccompProfile.type`,
  ],
  'no seccomp filter in the pod': [
    { ...container({}), securityContext: { seccompProfile: { type: 'Unconfined' } } },
    'spec.securityContext.seccompProfile.type',
  ],
  'a path of the node': [
    { ...container({}), volumes: [{ name: 'host', hostPath: { path: '/srv' } }] },
    'spec.volumes[0].hostPath',
  ],
  'an unmasked /proc': [container({ procMount: 'Unmasked' }), `${field}.procMount`],
  'an unmasked /proc in a user namespace': [
    { ...container({ procMount: 'Unmasked' }), hostUsers: false },
    `${field}.procMount`,
  ],
};

for (const version of minorVersions) {
  test(`pss-restricted reports no field twice, Kubernetes 1.${version}`, () => {
    const compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
    for (const [name, [spec, path]] of Object.entries(shared)) {
      const found = reported(spec, version, compiler);
      assert.equal(found.get(path)?.length, 1, `${name}: ${JSON.stringify([...found])}`);
      for (const [where, ids] of found) assert.equal(ids.length, 1, `${name}, ${where}: ${ids.join()}`);
    }
  });
}

test('the unmasked /proc is of the control whose check runs in that version', () => {
  const path = `${field}.procMount`;
  for (const version of minorVersions) {
    const compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
    const spec = { ...container({ procMount: 'Unmasked' }), hostUsers: false };
    const expected = version < 35 ? 'proc-mount' : 'proc-mount-restricted';
    assert.deepEqual(reported(spec, version, compiler).get(path), [expected], `1.${version}`);
  }
});
