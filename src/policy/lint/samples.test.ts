import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { valueAt } from '../../model/path.ts';
import { KnownResources } from './known-resources.ts';
import { seen, seenByMutations, smallest } from './samples.ts';

const resources = new KnownResources();
const named = (kind: string) => resources.all.find((one) => one.kind === kind)!;

describe('smallest objects', () => {
  test('every one can be decoded and is its own kind', () => {
    let count = 0;
    for (const resource of resources.all) {
      const object = smallest(resource);
      if (object === undefined) continue;
      count++;
      assert.equal(object['kind'], resource.kind);
      assert.notEqual(seen(object), undefined, resource.kind);
      assert.equal(
        valueAt(object, ['metadata', 'namespace']) !== undefined,
        resource.namespaced,
        resource.kind,
      );
    }
    assert.ok(count >= 30, `${count} kinds`);
  });

  test('pods have no labels, templates have those of their selector', () => {
    assert.equal(valueAt(smallest(named('Pod')), ['metadata', 'labels']), undefined);
    assert.deepEqual(valueAt(smallest(named('Deployment')), ['spec', 'template', 'metadata', 'labels']), {
      app: 'app',
    });
    assert.equal(
      valueAt(smallest(named('CronJob')), [
        'spec',
        'jobTemplate',
        'spec',
        'template',
        'spec',
        'restartPolicy',
      ]),
      'Never',
    );
  });

  test('a policy sees defaults; one that mutates sees no status yet', () => {
    const pod = smallest(named('Pod'))!;
    assert.equal(valueAt(seen(pod), ['spec', 'restartPolicy']), 'Always');
    assert.notEqual(valueAt(seen(pod), ['status', 'phase']), undefined);
    assert.equal(valueAt(seenByMutations(pod), ['status', 'phase']), undefined);
  });

  test('a custom resource has what its schema asks for and its defaults', () => {
    const properties = {
      name: { type: 'string' },
      size: { type: 'integer', minimum: 3 },
      kind: { type: 'string', enum: ['a', 'b'] },
      on: { type: 'boolean', default: true },
      free: { type: 'object', properties: { x: { type: 'string' } } },
      list: { type: 'array', minItems: 1, items: { type: 'number' } },
    };
    const spec = { type: 'object', required: ['size', 'kind', 'list'], properties };
    const [widget] = new KnownResources([
      {
        spec: {
          group: 'example.com',
          scope: 'Namespaced',
          names: { plural: 'widgets', kind: 'Widget' },
          versions: [
            {
              name: 'v1',
              schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec } } },
            },
          ],
        },
      },
    ]).all.slice(-1);
    assert.deepEqual(smallest(widget!)!['spec'], { size: 3, kind: 'a', on: true, list: [1] });
  });

  test('none for a kind that is not known', () => {
    assert.equal(smallest({ ...named('Pod'), kind: 'ResourceSlice', group: 'resource.k8s.io' }), undefined);
  });
});
