import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { PolicyCompiler } from '../compiler.ts';
import type { CompiledPolicy } from '../policy.ts';
import { createRequest } from '../request.fixture.ts';
import { CommonVerdicts } from './common-verdicts.ts';
import type { PlainVerdict } from './plain-verdict.ts';
import { VerdictMemo } from './verdict-memo.ts';

const compiler = new PolicyCompiler({ version: '1.36' });

const byKind = {
  pod: "object.kind == 'Pod' ? object.spec : object.spec.template.spec",
  notes: "object.kind == 'Pod' ? object.metadata.?annotations.orValue({}) : {}",
};

function policy(expression: string, spec: JsonObject = {}): CompiledPolicy {
  const { policy: compiled } = compiler.compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }],
      },
      variables: Object.entries(byKind).map(([name, text]) => ({ name, expression: text })),
      validations: [{ expression }],
      ...spec,
    },
  } as JsonObject);
  return compiled!;
}

const isHostFree = policy('!has(variables.pod.hostPID)');
const hasFewContainers = policy('variables.pod.containers.size() < 2');

function object(kind: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    metadata: { name: 'a', namespace: 'b', ...metadata },
    spec: kind === 'Pod' ? spec : { template: { spec } },
  };
}

/** Judges objects by memos of their kinds, which have something in common. */
class Courts {
  /** The places of the policies that were asked about the object that was judged last. */
  readonly asked: number[] = [];
  private readonly common = new CommonVerdicts();
  private readonly memos = new Map<string, VerdictMemo>();
  private readonly policiesOf: (kind: string) => readonly CompiledPolicy[];
  private readonly params: Readonly<Record<string, readonly (JsonObject | null | undefined)[]>>;
  private readonly says: (step: number, judged: JsonObject) => PlainVerdict;

  constructor(
    policies: readonly CompiledPolicy[] | ((kind: string) => readonly CompiledPolicy[]),
    says: (step: number, judged: JsonObject) => PlainVerdict = () => 'pass',
    params: Readonly<Record<string, readonly (JsonObject | null | undefined)[]>> = {},
  ) {
    this.params = params;
    this.policiesOf = typeof policies === 'function' ? policies : () => policies;
    this.says = says;
  }

  judge(judged: JsonObject): readonly PlainVerdict[] {
    const kind = judged['kind'] as string;
    const policies = this.policiesOf(kind);
    const params = this.params[kind] ?? policies.map(() => null);
    let memo = this.memos.get(kind);
    if (memo === undefined) {
      const request = createRequest({ name: 'a', namespace: 'b', object: object(kind, {}) });
      const sample = { ...request, kind: { ...request.kind, kind } };
      memo = new VerdictMemo(policies, params, sample, {
        common: this.common,
        watched: new Map([['first', 0]]),
      });
      this.memos.set(kind, memo);
    }
    this.asked.length = 0;
    const ask = (step: number): PlainVerdict => {
      this.asked.push(step);
      return this.says(step, judged);
    };
    return memo.judge(() => judged, params, ask);
  }

  likeness(kind: string): object | undefined {
    return this.memos.get(kind)!.likeness?.get('first');
  }
}

describe('what policies said of a part', () => {
  test('holds for objects of other kinds with the same one', () => {
    const courts = new Courts([isHostFree, hasFewContainers], (step) => (step === 0 ? 'pass' : 'fail'));
    assert.deepEqual(courts.judge(object('Deployment', { containers: [{}] })), ['pass', 'fail']);
    assert.deepEqual(courts.asked.toSorted(), [0, 1]);
    assert.deepEqual(courts.judge(object('Pod', { containers: [{ name: 'c' }] })), ['pass', 'fail']);
    assert.deepEqual(courts.asked, []);
    courts.judge(object('Pod', { containers: [{}], hostPID: true }));
    assert.deepEqual(courts.asked, [0]);
    courts.judge(object('Deployment', { containers: [], hostPID: false }));
    assert.deepEqual(courts.asked, [1]);
    courts.judge(object('Pod', { containers: [], hostPID: false }));
    assert.deepEqual(courts.asked, []);
  });

  test('but where the part is missing each is asked, and nothing remembered', () => {
    const courts = new Courts([isHostFree]);
    courts.judge(object('Pod', {}));
    const broken = { ...object('Deployment', {}), spec: { template: [] } };
    for (let i = 0; i < 2; i++) {
      courts.judge(broken);
      assert.deepEqual(courts.asked, [0]);
      assert.equal(courts.likeness('Deployment'), undefined);
    }
    courts.judge(object('Deployment', {}));
    assert.deepEqual(courts.asked, []);
  });

  test('is told apart by what the policies read of the metadata', () => {
    const named = policy("variables.pod.?hostname.orValue('') != '' || has(object.metadata.labels)");
    const courts = new Courts([named]);
    courts.judge(object('Pod', {}));
    courts.judge(object('Deployment', {}, { labels: { a: 'b' } }));
    assert.deepEqual(courts.asked, [0]);
    courts.judge(object('Deployment', {}, { annotations: { a: 'b' } }));
    assert.deepEqual(courts.asked, []);
  });

  test('and by parts that only some kinds have', () => {
    const noted = policy("'a' in variables.notes || has(variables.pod.hostPID)");
    const courts = new Courts([noted]);
    courts.judge(object('Pod', {}, { annotations: { a: 'b' } }));
    courts.judge(object('Deployment', {}, { annotations: { a: 'b' } }));
    assert.deepEqual(courts.asked, [0]);
    courts.judge(object('Pod', {}, { annotations: {} }));
    assert.deepEqual(courts.asked, []);
    // A part that is missing fails in another place than one that is empty.
    courts.judge(object('Pod', {}));
    assert.deepEqual(courts.asked, [0]);
  });

  test('looks alike in objects of one kind only: places are named otherwise in others', () => {
    const courts = new Courts([isHostFree]);
    courts.judge(object('Pod', { a: 1 }));
    const first = courts.likeness('Pod');
    courts.judge(object('Deployment', { a: 1 }));
    const other = courts.likeness('Deployment');
    courts.judge(object('Pod', { a: 2 }));
    assert.ok(first !== undefined && other !== undefined);
    assert.equal(courts.likeness('Pod'), first);
    assert.notEqual(other, first);
  });
});

describe('policies that are asked for each kind', () => {
  const apart: Readonly<Record<string, CompiledPolicy>> = {
    'read something beside the part': policy('!has(variables.pod.hostPID) && object.spec.a == 1'),
    'ask for the kind': policy("object.kind == 'Pod' || has(variables.pod.hostPID)"),
    'ask for the resource': policy("request.resource.resource == 'pods' || has(variables.pod.hostPID)"),
    'look at no part': policy('has(object.metadata.labels)'),
    'have a condition that asks for the kind': policy('!has(variables.pod.hostPID)', {
      matchConditions: [{ name: 'a', expression: "object.kind != 'Job'" }],
    }),
  };
  for (const [why, one] of Object.entries(apart)) {
    test(`since they ${why}`, () => {
      const courts = new Courts([isHostFree, one]);
      courts.judge(object('Deployment', {}));
      courts.judge(object('Pod', {}));
      assert.deepEqual(courts.asked, [1]);
    });
  }

  test('since others that look at the same are not asked about it', () => {
    const courts = new Courts((kind) => (kind === 'Pod' ? [isHostFree] : [hasFewContainers, isHostFree]));
    courts.judge(object('Deployment', { containers: [] }));
    courts.judge(object('Pod', {}));
    assert.deepEqual(courts.asked, []);
    courts.judge(object('Job', { containers: [] }));
    assert.deepEqual(courts.asked, []);
    const [first, second] = [policy('has(variables.pod.a)'), policy('!has(variables.pod.a)')];
    const others = new Courts((kind) => (kind === 'Pod' ? [first] : [first, second]));
    others.judge(object('Deployment', {}));
    others.judge(object('Pod', {}));
    assert.deepEqual(others.asked, [0]);
  });
});

test('policies with parameters have something in common where these are the same', () => {
  const allowed = policy("variables.pod.hostname in params.data.allowed.split(',')", {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
  });
  const [one, other] = [{ data: { allowed: 'a,b' } }, { data: { allowed: 'a,b' } }];
  const asked = (params: Readonly<Record<string, readonly (JsonObject | null | undefined)[]>>): number[] => {
    const courts = new Courts([allowed, isHostFree], undefined, params);
    courts.judge(object('Deployment', { hostname: 'a' }));
    courts.judge(object('Pod', { hostname: 'a' }));
    return courts.asked;
  };
  assert.deepEqual(asked({ Deployment: [one, null], Pod: [one, null] }), []);
  assert.deepEqual(asked({ Deployment: [one, null], Pod: [other, null] }), [0]);
  assert.deepEqual(asked({ Deployment: [one, null], Pod: [undefined, null] }), [0]);
  assert.deepEqual(asked({ Deployment: [undefined, null], Pod: [one, null] }), [0]);
});

test('of kinds that take turns each object gets its verdicts, also when some policies judge most objects anew', () => {
  const policies = [
    isHostFree,
    policy('variables.pod.hostname == variables.pod.subdomain'),
    policy('variables.pod.hostname == variables.pod.schedulerName'),
    policy('object.spec.size() > 1 && has(variables.pod.hostPID)'),
  ];
  const says = (step: number, judged: JsonObject): PlainVerdict => {
    const own = judged['spec'] as JsonObject;
    const pod = (judged['kind'] === 'Pod' ? own : (own['template'] as JsonObject)['spec']) as JsonObject;
    const holds = [
      !Object.hasOwn(pod, 'hostPID'),
      pod['hostname'] === pod['subdomain'],
      pod['hostname'] === pod['schedulerName'],
      Object.keys(own).length > 1 && Object.hasOwn(pod, 'hostPID'),
    ];
    return holds[step]! ? 'pass' : 'fail';
  };
  const courts = new Courts(policies, says);
  let state = 11;
  const next = (most: number): number => (state = (state * 48271) % 2147483647) % most;
  let asked = 0;
  for (let i = 0; i < 900; i++) {
    const spec: Record<string, string> = { hostname: i % 5 === 0 ? 'a' : `host-${i}` };
    for (const name of ['subdomain', 'schedulerName', 'hostPID'])
      if (next(3) > 0) spec[name] = ['a', 'b', `host-${i}`][next(3)]!;
    const judged = object(['Pod', 'Deployment', 'Job'][next(3)]!, spec);
    const expected = policies.map((_, step) => says(step, judged));
    assert.deepEqual(courts.judge(judged), expected, JSON.stringify(judged));
    asked += courts.asked.length;
  }
  assert.ok(asked < 900 * 3, String(asked));
});
