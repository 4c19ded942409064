import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest, random } from '../bench/manifests.ts';
import { controlCompiler, openCatalogue } from '../src/catalogue/catalogue.ts';
import { minorVersions } from '../src/catalogue/versions.ts';
import { collectText } from '../src/collect/manifests.ts';
import { kindRegistry } from '../src/kube/kinds.ts';
import type { JsonObject } from '../src/model/object.ts';
import { CommonVerdicts, type JudgeContext, VerdictPlan } from '../src/policy/index.ts';
import { VerdictMemo } from '../src/policy/memo/verdict-memo.ts';
import { generatedKinds, generateManifest } from './kube/manifest-generator.ts';
import { Random } from './kube/random.ts';
import { RulePicker } from '../src/loop/applicable.ts';
import { type Ruleset, Rulesets } from '../src/loop/ruleset.ts';
import { subjectsOf } from '../src/loop/subject.ts';
import { noUserPolicies } from '../src/loop/user-policies.ts';

/** All controls of all profiles, and how they are asked for verdicts alone. */
async function everything(): Promise<{ ruleset: Ruleset; context: JudgeContext }> {
  const catalogue = await openCatalogue();
  const version = minorVersions.at(-1)!;
  const selection = { profiles: ['all'], controls: undefined };
  const compiler = controlCompiler(catalogue, version);
  const ruleset = new Rulesets(catalogue, version, compiler, selection, noUserPolicies).for({});
  const params = { objects: ruleset.parameters, complete: true, scopeOf: (): 'Namespaced' => 'Namespaced' };
  return { ruleset, context: { findNamespace: () => undefined, params, verdictsOnly: true } };
}

/** Judges the objects of a text from memory and anew; returns how many verdicts there were to compare. */
function comparison({ ruleset, context }: Awaited<ReturnType<typeof everything>>): (text: string) => number {
  const picker = new RulePicker();
  const kinds = kindRegistry();
  return (text) => {
    let compared = 0;
    for (const manifest of collectText('a.json', Buffer.from(text)).manifests) {
      const [subject] = subjectsOf(manifest, kinds).subjects;
      if (subject === undefined) continue;
      const { request } = subject;
      const applicable = picker.for(ruleset, request);
      const policies = applicable.rules.map(({ bound }) => bound);
      const remembered = applicable.plan(request, context).judge(request);
      assert.deepEqual(remembered, new VerdictPlan(policies, request, context).judge(request), text);
      compared += remembered.filter((verdict) => verdict !== 'other').length;
    }
    return compared;
  };
}

test('verdicts of the whole catalogue that are remembered are those of judging anew', async () => {
  const asAnew = comparison(await everything());
  const random = new Random(11);
  let compared = 0;
  for (const key of generatedKinds) {
    for (let i = 0; i < 30; i++) {
      const made = generateManifest(random, key, `object-${i}`);
      const metadata = { ...(made['metadata'] as JsonObject), namespace: 'shop' };
      const text = JSON.stringify({ ...made, metadata });
      compared += asAnew(text);
    }
  }
  assert.ok(compared > 10_000, `${compared} compared`);
});

test('a pod that several kinds of workloads run has in each the verdicts of judging anew', async () => {
  const asAnew = comparison(await everything());
  const random = new Random(17);
  const shapes: readonly ((template: JsonObject) => JsonObject)[] = [
    (template) => ({ apiVersion: 'v1', kind: 'Pod', ...template }),
    (template) => ({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template } }),
    (template) => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', spec: { template } }),
    (template) => ({ apiVersion: 'batch/v1', kind: 'Job', spec: { template } }),
    (template) => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: { jobTemplate: { spec: { template } } },
    }),
    (template) => ({ apiVersion: 'v1', kind: 'PodTemplate', template }),
  ];
  let compared = 0;
  for (let i = 0; i < 120; i++) {
    const pod = generateManifest(random, 'v1/Pod', `pod-${i}`);
    const { annotations } = pod['metadata'] as JsonObject;
    const notes = random.pick<JsonObject>([
      {},
      { annotations: {} },
      annotations === undefined ? {} : { annotations },
    ]);
    const template = { metadata: { labels: { app: 'web' }, ...notes }, spec: pod['spec'] } as JsonObject;
    for (const shape of shapes) {
      const made = shape(random.between(0, 9) === 0 ? ({ spec: pod['spec'] } as JsonObject) : template);
      const metadata = {
        ...(made['metadata'] as JsonObject | undefined),
        name: `object-${i}`,
        namespace: 'shop',
      };
      const text = JSON.stringify({ ...made, metadata });
      compared += asAnew(text);
    }
  }
  assert.ok(compared > 30_000, `${compared} compared`);
});

test('objects that differ in names, images and labels are judged by few policies anew', async () => {
  const { ruleset } = await everything();
  const picker = new RulePicker();
  const kinds = kindRegistry();
  const common = new CommonVerdicts();
  const memos = new Map<
    string,
    { memo: VerdictMemo; objects: number; policies: number; first: number; asked: number }
  >();
  const next = random(5);
  const texts = Array.from({ length: 1600 }, (_, i) => manifest(i, next)).join('---\n');
  for (const one of collectText('a.yaml', Buffer.from(texts)).manifests) {
    const { request } = subjectsOf(one, kinds).subjects[0]!;
    const policies = picker.for(ruleset, request).rules.map(({ bound }) => bound.policy);
    const params = policies.map(() => null);
    let known = memos.get(one.reference.kind);
    if (known === undefined) {
      const memo = new VerdictMemo(policies, params, request, { common });
      memos.set(
        one.reference.kind,
        (known = { memo, objects: 0, policies: policies.length, first: 0, asked: 0 }),
      );
    }
    let asked = 0;
    known.memo.judge(
      () => request.object,
      params,
      () => (asked++, 'pass'),
    );
    if (known.objects === 0) known.first = asked / known.policies;
    if (++known.objects > 60) known.asked += asked / known.policies;
  }
  for (const [kind, { objects, asked, policies }] of memos) {
    assert.ok(policies > 5, kind);
    if (objects > 60)
      assert.ok(asked / (objects - 60) < 0.25, `${kind}: ${asked / (objects - 60)} of the policies`);
  }
  assert.ok(memos.get('Deployment')!.objects > 200);
  const [first, ...later] = ['Deployment', 'CronJob', 'StatefulSet'].map((kind) => memos.get(kind)!.first);
  assert.equal(first, 1);
  for (const share of later)
    assert.ok(share < 0.6, `${share} of the policies for the first object of another kind`);
});
