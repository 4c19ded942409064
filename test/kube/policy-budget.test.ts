import assert from 'node:assert/strict';
import { compile } from '../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes/environment.ts';
import { lastCost } from '../../src/cel/limit.ts';
import type { JsonObject } from '../../src/model/object.ts';
import {
  type AdmissionRequest,
  bindPolicies,
  judge,
  noParams,
  PolicyCompiler,
  respond,
} from '../../src/policy/index.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { until } from './until.ts';

/** Policies whose cost is one budget to the unit, and one unit more: the last that passes and the first that does not. */
const group = 'admissionregistration.k8s.io/v1';
const api = `/apis/${group}`;
const collection = '/api/v1/namespaces/default/configmaps';
const policyBudget = 10_000_000;
const conditionsBudget = 2_500_000;
const environment = kubernetesEnvironment('1.36');

const costs = new Map<string, number>();

function costOf(expression: string): number {
  const known = costs.get(expression);
  if (known !== undefined) return known;
  const compiled = compile(expression, environment);
  assert.ok('program' in compiled, expression);
  compiled.program.evaluate({});
  costs.set(expression, lastCost());
  return lastCost();
}

const loop = (n: number) => `lists.range(${n}).all(a, lists.range(${n}).all(b, a + b >= 0))`;
/** A lone sum costs one unit for each of its additions, and a little. */
const sum = (additions: number) => `${'1 + '.repeat(additions)}1 == ${additions + 1}`;

/** Expressions that are true and cost so much together: ever smaller loops, and a sum for the rest. */
function costing(units: number): string[] {
  const expressions: string[] = [];
  let left = units;
  let n = 330;
  while (left > 150) {
    const cost = costOf(loop(n));
    if (cost > left - 20) n--;
    else {
      expressions.push(loop(n));
      left -= cost;
    }
  }
  expressions.push(sum(left - costOf(sum(1)) + 1));
  assert.equal(
    expressions.reduce((total, one) => total + costOf(one), 0),
    units,
  );
  return expressions;
}

const passing = [{ expression: 'true' }];

/** Where the cost arises; each gets expressions of so many units together. */
const places: Readonly<
  Record<string, { readonly budget: number; readonly spec: (costly: string[]) => object }>
> = {
  conditions: {
    budget: conditionsBudget,
    spec: (costly) => ({
      matchConditions: costly.map((expression, index) => ({ name: `c${index}`, expression })),
      validations: [{ expression: 'false', message: 'reached' }],
    }),
  },
  validations: {
    budget: policyBudget,
    spec: (costly) => ({ validations: costly.map((expression) => ({ expression })) }),
  },
  annotations: {
    budget: policyBudget,
    // `b ? 'x' : 'y'` costs what `b` costs.
    spec: (costly) => ({
      validations: passing,
      auditAnnotations: costly.map((expression, index) => ({
        key: `k${index}`,
        valueExpression: `${expression} ? 'x' : 'y'`,
      })),
    }),
  },
  messages: {
    budget: policyBudget,
    spec: (costly) => ({
      validations: costly.map((expression) => ({
        expression: 'true',
        messageExpression: `${expression} ? 'x' : 'y'`,
      })),
    }),
  },
};

apiServerSuite('budgets of policies', {}, (test) => {
  test('the last unit may be spent, one more may not', async (server, context) => {
    const compiler = new PolicyCompiler({ version: '1.36' });
    const disagreements: string[] = [];
    const costly = Object.entries(places).flatMap(([place, { budget, spec }]) =>
      [0, 1].map((more) => {
        const name = `${place}-${more}`;
        return { name, objects: policyOf(name, spec(costing(budget + more))) };
      }),
    );
    // The last to come is the last to be in force, and cheap to ask.
    const sentinel = {
      name: 'sentinel',
      objects: policyOf('sentinel', { validations: [{ expression: 'false' }] }),
    };
    const made = [...costly, sentinel];
    for (const { objects } of made) {
      for (const [index, plural] of [
        'validatingadmissionpolicies',
        'validatingadmissionpolicybindings',
      ].entries()) {
        const { status, body } = await server.request('POST', `${api}/${plural}`, objects[index]);
        assert.equal(status, 201, body.message);
      }
    }
    await until(
      async () =>
        (await server.request('POST', `${collection}?dryRun=All`, objectOf(sentinel.name))).status !== 201,
      'the last policy is in force',
    );
    for (const { name, objects } of made) {
      const object = objectOf(name);
      const { status, body } = await server.request('POST', `${collection}?dryRun=All`, object);
      const request: AdmissionRequest = {
        operation: 'CREATE',
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        subresource: '',
        name: 'a',
        namespace: 'default',
        scope: 'Namespaced',
        object,
        oldObject: null,
      };
      const { bound } = bindPolicies(
        [compiler.compilePolicy(objects[0]!).policy!],
        [compiler.compileBinding(objects[1]!).binding!],
      );
      const judging = { findNamespace: () => null, params: noParams };
      const own = respond(judge(bound, request, judging), request);
      const ours = own.status?.message ?? 'allowed';
      const theirs = status === 201 ? 'allowed' : String(body.message);
      if (ours !== theirs) disagreements.push(`${name}\n  server ${theirs}\n  ours   ${ours}`);
    }
    report(context, { cases: made.length, disagreements, generated: false });
  });
});

function policyOf(name: string, spec: object): readonly [JsonObject, JsonObject] {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  const policy = {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: { objectSelector: { matchLabels: { case: name } }, resourceRules: [rule] },
      ...spec,
    },
  };
  const binding = {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  };
  return JSON.parse(JSON.stringify([policy, binding])) as [JsonObject, JsonObject];
}

function objectOf(label: string): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { case: label } } };
}
