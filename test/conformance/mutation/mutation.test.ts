import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../../src/model/object.ts';
import { PolicyCompiler } from '../../../src/policy/index.ts';
import { answer, stored } from './answer.ts';
import type { MutationCase } from './case.ts';

const file = path.join(import.meta.dirname, '../../../../shared/conformance/mutation/cases.jsonl');
const missing = `SKIPPED, NOT PROVED: no recorded mutations at ${file}`;
if (!existsSync(file)) process.stderr.write(`${missing}\n`);

/** Cases about something else than mutating policies of built-in kinds, with the reason. */
const skips: Readonly<Record<string, string>> = {
  'admission/limitrange-defaults-before-policy': 'a LimitRange sets limits before policies run',
};

const all: MutationCase[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as MutationCase)
  : [];
const isAboutCustom = ({ id, crd }: MutationCase): boolean => crd !== undefined || id.startsWith('crd');
const cases = all.filter((one) => !isAboutCustom(one) && skips[one.id] === undefined);
const isPolicy = ({ object }: MutationCase): boolean => object?.['kind'] === 'MutatingAdmissionPolicy';

test('recorded mutations of built-in kinds', { skip: all.length === 0 && missing }, () => {
  const wrong: string[] = [];
  for (const one of cases.filter((one) => !isPolicy(one))) {
    const orders = one.unordered === true ? [one.policies, one.policies.toReversed()] : [one.policies];
    const complaints = orders.map((policies) => complaint(one, policies));
    if (!complaints.includes(undefined)) wrong.push(`${one.id}: ${complaints.join('\n   or ')}`);
  }
  assert.deepEqual(wrong, [], wrong.join('\n'));
});

test('recorded refusals of policies', { skip: all.length === 0 && missing }, () => {
  const wrong: string[] = [];
  for (const one of cases.filter(isPolicy)) {
    const { problems } = new PolicyCompiler({ version: '1.36' }).compileMutatingPolicy(one.object!);
    const refused = problems.some(({ severity }) => severity === 'error');
    if (refused === one.result.allowed) wrong.push(`${one.id}: ${one.result.message ?? 'accepted'}`);
    const unsaid = problems.filter(({ reason }) => !says(one.result.message ?? '', reason));
    for (const { reason } of unsaid) wrong.push(`${one.id}: ${reason}\n  but ${one.result.message ?? ''}`);
  }
  assert.deepEqual(wrong, [], wrong.join('\n'));
});

test('cases of custom resources wait, each by its name', { skip: all.length === 0 && missing }, () => {
  const waiting = all.filter(isAboutCustom).map(({ id }) => id);
  assert.deepEqual(waiting, JSON.parse(readFileSync(path.join(import.meta.dirname, 'waiting.json'), 'utf8')));
  process.stderr.write(
    `mutation: ${cases.length} recorded cases, ${Object.keys(skips).length} skipped, ${waiting.length} of custom resources wait\n`,
  );
  assert.equal(cases.length + Object.keys(skips).length + waiting.length, all.length);
});

/** The path and the text of a problem, wherever they stand in the server's message. */
function says(message: string, reason: string): boolean {
  const colon = reason.indexOf(': ');
  return message.includes(reason.slice(0, colon)) && message.includes(reason.slice(colon + 2));
}

/** What is wrong with our answer; undefined where it is the server's. */
function complaint(one: MutationCase, policies: readonly JsonObject[]): string | undefined {
  const result = answer(one, policies);
  const { allowed, serverPanic, message = '', code, object, reason } = one.result;
  const { causes = [{ message }] } = one.result;
  if (result.unknown.length > 0) return `unknown: ${result.unknown.join()}`;
  if (serverPanic === true) return result.crash === undefined ? 'the server panics' : undefined;
  if (result.crash !== undefined) return `no panic: ${result.crash}`;
  if (!allowed && isOfMutation(message)) {
    const got = result.denial;
    if (
      got === undefined ||
      sorted(got.message) !== sorted(message) ||
      got.code !== code ||
      got.reason !== reason
    ) {
      return `expected ${code} ${reason} ${message}\n   got ${JSON.stringify(got)}`;
    }
    const expected = causes.map((cause) => cause.message).toSorted();
    return code !== 403 || same(got.causes.toSorted(), expected) ? undefined : `causes ${got.causes.join()}`;
  }
  if (result.denial !== undefined) return `denied: ${result.denial.message}`;
  // What the server refuses after the mutations is not ours to find.
  if (!allowed || object === undefined) return undefined;
  const [expected, got] = [comparable(one, object), comparable(one, stored(result))];
  return same(expected, got)
    ? undefined
    : `expected ${JSON.stringify(expected)}\n   got      ${JSON.stringify(got)}`;
}

/** Unknown fields are told in the order of Go's fields, which is not that of our objects. */
const sorted = (message = ''): string =>
  message
    .split(/, (?=unknown field)|error: (?=unknown)/)
    .toSorted()
    .join();

const isOfMutation = (message: string): boolean =>
  /^policy '|^Internal error occurred|^the namespace of the provided object/.test(message);

/** Everything that does not depend on the object which was there before. */
function comparable({ operation, subresource }: MutationCase, object: JsonObject): unknown {
  const { metadata, ...rest } = object as { metadata: Record<string, unknown> };
  const { generation } = metadata;
  const kept = { ...metadata };
  for (const name of ['uid', 'creationTimestamp', 'managedFields', 'generation', 'resourceVersion'])
    delete kept[name];
  if (object['kind'] === 'PersistentVolumeClaim') {
    // An admission plugin and the printing of the answer add these.
    delete kept['finalizers'];
    delete (rest as Record<string, unknown>)['status'];
  }
  if (operation === 'CREATE' && subresource === undefined) {
    return canonical({ ...rest, metadata: { ...kept, generation } });
  }
  return canonical({ spec: (rest as { spec?: unknown }).spec, metadata: kept });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, canonical(part)]),
  );
}
