import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlCompiler, openCatalogue } from '../src/catalogue/catalogue.ts';
import { minorVersions } from '../src/catalogue/versions.ts';
import { collectText } from '../src/collect/manifests.ts';
import { kindRegistry } from '../src/kube/kinds.ts';
import type { JsonObject } from '../src/model/object.ts';
import { VerdictPlan } from '../src/policy/index.ts';
import { generatedKinds, generateManifest } from './kube/manifest-generator.ts';
import { Random } from './kube/random.ts';
import { RulePicker } from '../src/loop/applicable.ts';
import { Rulesets } from '../src/loop/ruleset.ts';
import { subjectsOf } from '../src/loop/subject.ts';
import { noUserPolicies } from '../src/loop/user-policies.ts';

test('verdicts of the whole catalogue that are remembered are those of judging anew', async () => {
  const catalogue = await openCatalogue();
  const version = minorVersions.at(-1)!;
  const selection = { profiles: ['all'], controls: undefined };
  const compiler = controlCompiler(catalogue, version);
  const ruleset = new Rulesets(catalogue, version, compiler, selection, noUserPolicies).for({});
  const params = { objects: ruleset.parameters, complete: true, scopeOf: (): 'Namespaced' => 'Namespaced' };
  const context = { findNamespace: () => undefined, params, verdictsOnly: true };
  const picker = new RulePicker();
  const kinds = kindRegistry();
  const random = new Random(11);
  let compared = 0;
  for (const key of generatedKinds) {
    for (let i = 0; i < 30; i++) {
      const made = generateManifest(random, key, `object-${i}`);
      const metadata = { ...(made['metadata'] as JsonObject), namespace: 'shop' };
      const text = JSON.stringify({ ...made, metadata });
      for (const manifest of collectText('a.json', Buffer.from(text)).manifests) {
        const [subject] = subjectsOf(manifest, kinds).subjects;
        if (subject === undefined) continue;
        const { request } = subject;
        const applicable = picker.for(ruleset, request);
        const remembered = applicable.plan(request, context).judge(request);
        const policies = applicable.rules.map(({ bound }) => bound);
        assert.deepEqual(remembered, new VerdictPlan(policies, request, context).judge(request), text);
        compared += remembered.filter((verdict) => verdict !== 'other').length;
      }
    }
  }
  assert.ok(compared > 10_000, `${compared} compared`);
});
