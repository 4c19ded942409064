import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { PolicyCompiler } from '../compiler.ts';
import type { CompiledPolicy } from '../policy.ts';
import type { PlainVerdict } from './plain-verdict.ts';
import { VerdictMemo } from './verdict-memo.ts';
import { createRequest } from '../request.fixture.ts';

function policy(expression: string, variables: Readonly<Record<string, string>> = {}): CompiledPolicy {
  const { policy: compiled } = new PolicyCompiler({ version: '1.36' }).compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      variables: Object.entries(variables).map(([name, text]) => ({ name, expression: text })),
      validations: [{ expression }],
    },
  } as JsonObject);
  return compiled!;
}

const pod = (spec: JsonObject, name = 'p'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec,
});

const sample = createRequest({ name: 'p', namespace: 'default', object: pod({}) });

/** Counts which policies had to judge. */
class Court {
  readonly asked: number[] = [];
  readonly memo: VerdictMemo;
  private readonly says: (step: number, object: JsonObject) => PlainVerdict;

  constructor(
    policies: readonly CompiledPolicy[],
    says: (step: number, object: JsonObject) => PlainVerdict = () => 'pass',
    params: readonly (JsonObject | null)[] = [],
  ) {
    this.memo = new VerdictMemo(policies, params, sample);
    this.says = says;
  }

  judge(
    object: JsonObject,
    params: readonly (JsonObject | null)[] = [],
  ): readonly PlainVerdict[] | undefined {
    this.asked.length = 0;
    return this.memo.judge(
      () => object,
      params,
      (step) => {
        this.asked.push(step);
        return this.says(step, object);
      },
    );
  }
}

describe('verdicts are remembered', () => {
  test('for what looks the same to a policy', () => {
    const court = new Court([
      policy('!has(object.spec.hostPID)'),
      policy('object.spec.containers.size() < 2'),
    ]);
    assert.deepEqual(court.judge(pod({ hostPID: true, containers: [{}] })), ['pass', 'pass']);
    assert.deepEqual(court.asked.toSorted(), [0, 1]);
    court.judge(pod({ hostPID: false, containers: [{ name: 'other' }] }, 'q'));
    assert.deepEqual(court.asked, []);
    court.judge(pod({ hostPID: true, containers: [] }));
    assert.deepEqual(court.asked, [1]);
    court.judge(pod({ containers: [] }));
    assert.deepEqual(court.asked, [0]);
  });

  test('through variables', () => {
    const court = new Court([
      policy('variables.names.all(n, n.startsWith("a"))', { names: 'object.spec.containers.map(c, c.name)' }),
    ]);
    court.judge(pod({ containers: [{ name: 'ab', image: 'x' }] }));
    court.judge(pod({ containers: [{ name: 'ac', image: 'y' }] }));
    assert.deepEqual(court.asked, []);
    court.judge(pod({ containers: [{ name: 'b' }] }));
    assert.deepEqual(court.asked, [0]);
  });

  test('with the parameters that they had at first', () => {
    const [one, two] = [{ a: 1 }, { a: 1 }];
    const court = new Court([policy('object.spec.hostPID == true')], undefined, [one]);
    court.judge(pod({ hostPID: true }), [one]);
    court.judge(pod({ hostPID: true }), [one]);
    assert.deepEqual(court.asked, []);
    court.judge(pod({ hostPID: true }), [two]);
    assert.deepEqual(court.asked, [0]);
    court.judge(pod({ hostPID: true }), [two]);
    assert.deepEqual(court.asked, [0]);
  });

  test('what was said with other parameters is not said again with those from the beginning', () => {
    const [one, two] = [{ a: 1 }, { a: 2 }];
    const said: PlainVerdict[] = ['pass', 'fail', 'pass'];
    const court = new Court([policy('object.spec.hostPID == true')], () => said.shift()!, [one]);
    assert.deepEqual(court.judge(pod({ hostPID: true }), [one]), ['pass']);
    assert.deepEqual(court.judge(pod({ hostPID: true }), [two]), ['fail']);
    assert.deepEqual(court.judge(pod({ hostPID: true }), [one]), ['pass']);
    assert.deepEqual(court.asked, []);
  });

  test('of objects that take turns', () => {
    const court = new Court([policy('has(object.spec.a)'), policy('has(object.spec.b)')], (step, { spec }) =>
      Object.hasOwn(spec as JsonObject, 'ab'[step]!) ? 'pass' : 'fail',
    );
    for (let i = 0; i < 40; i++) {
      const [hasA, hasB] = [i % 2 === 0, i % 3 === 0];
      const verdicts = court.judge(pod({ ...(hasA ? { a: i } : {}), ...(hasB ? { b: i } : {}) }));
      assert.deepEqual(verdicts, [hasA ? 'pass' : 'fail', hasB ? 'pass' : 'fail']);
      if (i >= 6) assert.deepEqual(court.asked, []);
    }
  });

  test('but not of policies that look at more than the object', () => {
    const court = new Court([
      policy("request.userInfo.username == 'a'"),
      policy('object.spec.hostPID == true'),
    ]);
    court.judge(pod({ hostPID: true }));
    court.judge(pod({ hostPID: true }));
    assert.deepEqual(court.asked, [0]);
  });

  test('each in its place', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const court = new Court(
      names.map((name) => policy(`has(object.spec.${name})`)),
      (step, { spec }) => (Object.hasOwn(spec as JsonObject, names[step]!) ? 'pass' : 'fail'),
    );
    for (let bits = 0; bits < 64; bits++) {
      const spec = Object.fromEntries(names.filter((_, i) => bits & (1 << i)).map((name) => [name, 1]));
      const expected = names.map((_, i) => (bits & (1 << i) ? 'pass' : 'fail'));
      assert.deepEqual(court.judge(pod(spec)), expected);
    }
  });

  test('and equal verdicts are one array', () => {
    const court = new Court([policy('has(object.spec.a)')]);
    assert.equal(court.judge(pod({ a: 1 })), court.judge(pod({ b: 1 })));
  });
});

test('what is no plain verdict leaves the others what they are', () => {
  const policies = [policy('has(object.spec.a)'), policy('has(object.spec.b)')];
  const court = new Court(policies, (step) => (step === 0 ? 'other' : 'fail'));
  assert.deepEqual(court.judge(pod({ a: 1 })), ['other', 'fail']);
  assert.deepEqual(court.judge(pod({ a: 2 })), ['other', 'fail']);
});

test('where objects differ too much policies are asked directly', () => {
  const court = new Court([policy('object.spec.a == object.spec.b'), policy('has(object.spec.a)')]);
  for (let i = 0; i < 100; i++) {
    assert.deepEqual(court.judge(pod({ a: `${i}`, b: `${i}` })), ['pass', 'pass']);
    assert.deepEqual(court.asked, i === 0 ? [0, 1] : [0]);
  }
  court.judge(pod({ a: '99', b: '99' }));
  assert.deepEqual(court.asked, [0]);
});

test('verdicts stay those of each object when policies that have to judge most objects are asked directly', () => {
  const fields = [
    ['hostname', 'subdomain'],
    ['nodeName', 'hostname'],
    ['nodeName', 'schedulerName'],
    ['subdomain', 'schedulerName'],
    ['subdomain', 'priorityClassName', 'hostname'],
    ['priorityClassName', 'schedulerName', 'hostname'],
    ['priorityClassName', 'subdomain'],
  ];
  const expressionOf = (names: readonly string[]): string =>
    names
      .slice(1)
      .map((name) => `object.spec.${names[0]} < object.spec.${name}`)
      .join(' && ');
  const says = (step: number, { spec }: JsonObject): PlainVerdict => {
    const [first, ...others] = fields[step]!.map((name) => (spec as Record<string, string>)[name]!);
    return others.every((other) => first! < other) ? 'pass' : 'fail';
  };
  const court = new Court(
    fields.map((names) => policy(expressionOf(names))),
    says,
  );
  let state = 7;
  const next = (most: number): number => (state = (state * 48271) % 2147483647) % most;
  let asked = 0;
  for (let i = 0; i < 800; i++) {
    const spec: Record<string, string> = { nodeName: `node-${i}` };
    for (const name of ['hostname', 'subdomain', 'schedulerName', 'priorityClassName'])
      spec[name] = ['a', 'b', 'node-2', 'z'][next(i < 300 ? 4 : 2)]!;
    const object = pod(spec);
    const expected = fields.map((_, step) => says(step, object));
    assert.deepEqual(court.judge(object), expected, JSON.stringify(spec));
    asked += court.asked.length;
  }
  // Two of seven are asked directly in the end; the others about some dozens of objects.
  assert.ok(asked < 800 * 4, String(asked));
});
