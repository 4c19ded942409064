import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { main } from '../src/cli/main.ts';
import { project, run, type Run } from './golden/program.ts';

const policy = (expression: string, rest = '') => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: p}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"]}]
  validations:
  - expression: ${JSON.stringify(expression)}
    message: not allowed
${rest}---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: p, validationActions: [Deny]}
`;

const review = (change: object = {}): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { group: 'example.com', version: 'v1', kind: 'Thing' },
      resource: { group: 'example.com', version: 'v1', resource: 'things' },
      name: 't',
      namespace: 'shop',
      operation: 'CREATE',
      userInfo: { username: 'bob' },
      object: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' }, spec: { n: 1 } },
      ...change,
    },
  });
const objectWith = (spec: string): string => review().replace('{"n":1}', spec);

function admit(context: TestContext, expression: string, input: string, ...flags: string[]): Promise<Run> {
  const cwd = project(context, { 'p.yaml': policy(expression) });
  return run(['admit', '--policy', 'p.yaml', ...flags], { cwd, stdin: input });
}
const verdicts = ({ out }: Run): unknown[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { response: { allowed: boolean } }).response.allowed);

test('exit codes: clean, denied, mistakes in the call, what could not be read or known', async (context) => {
  const clean = await admit(context, 'true', review());
  assert.equal(clean.code, 0, clean.err);
  assert.equal((await admit(context, 'false', `${review()}\n${review()}`)).code, 1);
  assert.equal((await admit(context, 'true', review(), '--contxt', 'x')).code, 2);
  assert.equal((await admit(context, 'true', `${review()}\nnonsense`)).code, 3);
  assert.equal((await admit(context, 'false', `${review()}\nnonsense`)).code, 3);
  const open = await admit(context, "authorizer.path('/x').check('get').allowed()", review());
  assert.deepEqual([open.code, verdicts(open)], [3, [false]]);
  assert.match(open.err, /exit 3: 1 answer is not known/);
});

test('nothing comes in, nothing goes out, and that is said', async (context) => {
  const { code, out, err } = await admit(context, 'true', '\n\n');
  assert.deepEqual([code, out], [0, '']);
  assert.match(err, /there is no AdmissionReview here/);
});

test('a policy that no server would store ends the run before the first answer', async (context) => {
  const { code, out, err } = await admit(context, 'object.', review());
  assert.deepEqual([code, out], [3, '']);
  assert.match(err, /^error {2}p\.yaml:9:\d+ {2}spec\.validations\[0\]\.expression: /);
  assert.match(err, /exit 3: no request is answered/);
});

test('a context is complete: parameters that are not in it do not exist', async (context) => {
  const text = policy('params.data.x == "1"')
    .replace('spec:\n  match', 'spec:\n  paramKind: {apiVersion: v1, kind: ConfigMap}\n  match')
    .replace('[Deny]}', '[Deny], paramRef: {name: x, namespace: shop, parameterNotFoundAction: Deny}}');
  const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\ndata: {x: "1"}\n';
  const cwd = project(context, {
    'p.yaml': text,
    'full/c.yaml': configMap,
    'other/c.yaml': configMap.replace('name: x', 'name: y'),
  });
  const call = (...flags: string[]) =>
    run(['admit', '--policy', 'p.yaml', ...flags], { cwd, stdin: review() });
  assert.equal((await call()).code, 3);
  const full = await call('--context', 'full');
  assert.equal(full.code, 0, full.err + full.out);
  const missing = await call('--context', 'other');
  assert.equal(missing.code, 1);
  assert.match(missing.out, /no params found for policy binding with `Deny` parameterNotFoundAction/);
});

test('bad values: digits, names that JavaScript keeps, lone surrogates, depth', async (context) => {
  const digits = await admit(
    context,
    'object.spec.n == 9007199254740993',
    objectWith('{"n":9007199254740993}'),
  );
  assert.deepEqual(verdicts(digits), [true]);
  const names = await admit(
    context,
    "object.spec['__proto__'] == 'a' && object.spec.constructor == 'b' && !has(object.spec.toString)",
    objectWith('{"__proto__":"a","constructor":"b"}'),
  );
  assert.deepEqual(verdicts(names), [true]);
  const surrogate = await admit(context, "object.spec.s != 'x'", objectWith('{"s":"\\ud800"}'));
  assert.deepEqual(verdicts(surrogate), [true]);
  const deep = '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000);
  const nested = await admit(context, 'object.spec == oldObject', `${objectWith(deep)}\n${review()}`);
  assert.ok([1, 3].includes(nested.code), nested.err);
  assert.equal(verdicts(nested).at(-1), false);
});

test('a writer who waits for an answer gets it before the next request', async (context) => {
  const cwd = project(context, { 'p.yaml': policy('object.spec.n == 1') });
  const order: string[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const n of [1, 2]) {
      order.push(`ask ${n}`);
      yield Buffer.from(`${objectWith(`{"n":${n}}`)}\n`);
    }
  }
  const code = await main(['admit', '--policy', 'p.yaml', '-'], {
    out: (text) => void order.push(text.includes('"allowed":true') ? 'allowed' : 'denied'),
    err: () => {},
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    stdin: () => new Uint8Array(),
    stdinChunks: chunks,
    env: {},
    cwd,
  });
  assert.deepEqual([code, order], [1, ['ask 1', 'allowed', 'ask 2', 'denied']]);
});

test('fields that a kind does not have are dropped, and a warning says where', async (context) => {
  const pod = {
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    object: { metadata: { name: 'a' }, spec: { containers: [], hostNetwrk: true } },
  };
  const { code, err } = await admit(context, '!has(object.spec.hostNetwrk)', review(pod));
  assert.equal(code, 0);
  assert.match(
    err,
    /^warning {2}-:1:1 {2}request\.object\.spec\.hostNetwrk: the API server knows no such field/,
  );
});
