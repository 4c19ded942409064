import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadCatalogue, readYaml } from '../../src/catalogue/load.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { installPolicy, type Verdict, verdictOf, waitForDenial } from './installed-policies.ts';

const root = path.join(import.meta.dirname, '../..');

/** On a server of their own, since bindings judge all objects in their reach. */
apiServerSuite('bindings of controls', {}, (test) => {
  test('the bindings that come with controls are accepted and enforce them', enforceBindings);
});

async function enforceBindings(api: ApiServer): Promise<void> {
  const wrong: string[] = [];
  const bindings: JsonObject[] = [];
  for (const control of loadCatalogue(root).controls.values()) {
    const file = path.join(root, 'controls', control.id, 'binding.yaml');
    if (!existsSync(file)) continue;
    const binding = readYaml(file, wrong) as JsonObject;
    bindings.push(binding);
    assert.equal((binding['spec'] as JsonObject)['policyName'], control.id, file);
    await installPolicy(api, control.variants.at(-1)?.policy ?? {}, control.id);
    const url = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
    const answer = await api.request('POST', url, binding);
    assert.equal(answer.status, 201, `${file}: ${answer.body.message}`);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    bindings.map((binding) => (binding['spec'] as JsonObject)['policyName']),
    ['forbidden-registries', 'mutable-container-file-system'],
  );
  for (const [name, labels] of [
    ['enforced', { policy: 'enforced' }],
    ['scantling', {}],
    ['free', {}],
  ] as const) {
    await api.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    });
  }
  await api.request('POST', '/api/v1/namespaces/scantling/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'forbidden-registries' },
    data: { forbidden: 'evil.example' },
  });
  const send = async (namespace: string, image: string): Promise<Verdict> => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { containers: [{ name: 'web', image }] },
    };
    return verdictOf(await api.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod));
  };
  await waitForDenial(() => send('enforced', 'web:1'), 'a mutable file system where policy=enforced');
  await waitForDenial(() => send('free', 'evil.example/web:1'), 'a forbidden registry');
  assert.equal((await send('free', 'web:1')).kind, 'allowed');
}
