import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import { deployment, inventoryOf } from './inventory.fixture.ts';
import { workloads } from './workloads.ts';

const budget = (name: string, namespace: string, app: string): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, ...(namespace !== '' && { namespace }) },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app } } },
});
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
type Pods = readonly JsonObject[];

/** What stands around the first workload, in both readings. */
function coverOf(
  ...[objects, given]: Parameters<typeof inventoryOf>
): [seen: JsonObject, assumed: JsonObject] {
  const [first] = workloads(inventoryOf(objects, given));
  return [first!.seen, first!.assumed];
}
const budgetsOf = (objects: Parameters<typeof inventoryOf>[0]): unknown =>
  (coverOf(objects)[0]['pods'] as Pods)[0]!['disruptionBudgets'];

describe('budgets of pods', () => {
  const [a, b] = [budget('b', 'shop', 'web'), budget('a', 'shop', 'web')];

  test('are named once each, in their order', () => {
    assert.deepEqual(budgetsOf([deployment('web', 'shop'), a, b, a]), ['a', 'b']);
    assert.deepEqual(budgetsOf([deployment('web', 'shop'), budget('c', 'shop', 'other')]), []);
    assert.deepEqual(budgetsOf([deployment('web', 'shop')]), []);
  });

  test('are those of the same namespace', () => {
    assert.deepEqual(budgetsOf([deployment('web', 'shop'), budget('a', 'lab', 'web')]), []);
    assert.deepEqual(
      budgetsOf([deployment('web', 'shop'), budget('a', '', 'web')]),
      [],
      'which nobody knows',
    );
  });

  test('without a namespace they are those beside the workload, since other folders may be for others', () => {
    const found = (file: string): unknown =>
      budgetsOf([
        ['team/web.yaml', deployment('web', '')],
        [file, budget('a', '', 'web')],
      ]);
    assert.deepEqual(found('team/web.yaml'), ['a']);
    assert.deepEqual(found('team/budget.yaml'), ['a']);
    assert.deepEqual(found('other/budget.yaml'), []);
    assert.deepEqual(found('team/sub/budget.yaml'), []);
  });

  test('with a namespace they count from any folder', () => {
    const objects = [
      ['team/web.yaml', deployment('web', 'shop')],
      ['other/budget.yaml', budget('a', 'shop', 'web')],
    ] as const;
    assert.deepEqual(budgetsOf(objects), ['a']);
  });
});

describe('whether there is a budget', () => {
  const web = deployment('web', 'shop');
  const has = (...call: Parameters<typeof inventoryOf>): unknown[] =>
    coverOf(...call).map((reading) => reading['disruptionBudget']);

  test('is certain where one is there, or where all of the namespace is', () => {
    assert.deepEqual(has([web, budget('a', 'shop', 'web')]), [true, true]);
    assert.deepEqual(has([web, namespace]), [false, false]);
    assert.deepEqual(has([web], 'cluster'), [false, false]);
  });

  test('takes one for each of the pods', () => {
    const template = (app: string): object => ({
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'a', image: 'a' }] },
    });
    const runner = {
      apiVersion: 'example.com/v1',
      kind: 'Runner',
      metadata: { name: 'r', namespace: 'shop' },
      spec: { one: { template: template('web') }, other: { template: template('log') } },
    };
    const budgets = [budget('a', 'shop', 'web'), budget('b', 'shop', 'log')];
    assert.deepEqual(has([runner, namespace, budgets[0]!], 'cluster'), [false, false]);
    assert.deepEqual(has([runner, namespace, ...budgets], 'cluster'), [true, true]);
  });

  test('is not where one may stand elsewhere', () => {
    assert.deepEqual(has([web]), [false, true]);
    assert.deepEqual(has([web, namespace], 'files'), [false, true]);
  });
});

describe('how many pods there are', () => {
  const of = (spec: object, ...others: object[]): JsonObject =>
    coverOf([deployment('web', 'shop', spec), ...others])[0];
  const autoscaler = (spec: object): object => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 9,
      ...spec,
    },
  });
  const scaledObject = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { scaleTargetRef: { name: 'web' }, minReplicaCount: 4 },
  };

  test('is what is written, or one', () => {
    const facts = ({ autoscaled, replicas, replicasWritten }: JsonObject) => [
      replicas,
      replicasWritten,
      autoscaled,
    ];
    assert.deepEqual(facts(of({ replicas: 3 })), [3, true, false]);
    assert.deepEqual(facts(of({})), [1, false, false]);
    assert.deepEqual(facts(of({ replicas: 0 })), [0, true, false]);
  });

  test('is the least that an autoscaler leaves, which is one where it does not say', () => {
    assert.equal(of({ replicas: 9 }, autoscaler({ minReplicas: 2 }))['replicas'], 2);
    assert.equal(of({ replicas: 9 }, autoscaler({}))['replicas'], 1);
    assert.equal(of({ replicas: 9 }, autoscaler({}))['autoscaled'], true);
  });

  test('is not known where another scaler decides', () => {
    const { autoscaled, replicas, sizes } = of({ replicas: 9 }, scaledObject);
    assert.deepEqual([autoscaled, replicas, sizes], [true, 0, []]);
  });

  test('stands in the object itself only without an autoscaler', () => {
    assert.deepEqual(of({ replicas: 3 })['sizes'], [{ field: 'spec.replicas', replicas: 3 }]);
    assert.deepEqual(of({ replicas: 3 }, autoscaler({ minReplicas: 2 }))['sizes'], []);
  });
});

test('what has no pods is no workload, and neither is a template that nothing runs', () => {
  const template = {
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name: 't', namespace: 'shop' },
    template: { spec: { containers: [{ name: 'a', image: 'a' }] } },
  };
  const names = [...workloads(inventoryOf([namespace, template, deployment('web', 'shop')]))].map(
    ({ entry }) => entry.extract.name,
  );
  assert.deepEqual(names, ['web']);
});
