import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest, random } from '../bench/manifests.ts';
import { controlCompiler, openCatalogue } from '../src/catalogue/catalogue.ts';
import { minorVersions } from '../src/catalogue/versions.ts';
import { collectText, type Manifest } from '../src/collect/manifests.ts';
import { kindRegistry } from '../src/kube/kinds.ts';
import type { JsonObject } from '../src/model/object.ts';
import { foldImplied } from '../src/loop/fold-implied.ts';
import { Judging } from '../src/loop/judging.ts';
import { Places } from '../src/loop/located.ts';
import { ManifestVerdicts } from '../src/loop/manifest-verdicts.ts';
import { Rulesets } from '../src/loop/ruleset.ts';
import { noUserPolicies } from '../src/loop/user-policies.ts';
import { generatedKinds, generateManifest } from './kube/manifest-generator.ts';
import { Random } from './kube/random.ts';

test('what is told of objects that look alike is what would be found by looking at each', async () => {
  const catalogue = await openCatalogue();
  const version = minorVersions.at(-1)!;
  const selection = { profiles: ['all'], controls: undefined };
  const compiler = controlCompiler(catalogue, version);
  const ruleset = new Rulesets(catalogue, version, compiler, selection, noUserPolicies).for({});
  const surroundings = { kinds: kindRegistry(), namespaces: new Map(), parameters: [] };
  const judging = new Judging(surroundings, new Places(), { showAll: false, elements: false });
  const judged = manifests().map((one) => judging.judge(one, ruleset, one));
  const byLooking = judged.map((one) => new ManifestVerdicts(one.manifest, one.traits, one.standing, []));
  const likenessOf = new Map(judged.map((one) => [one, one.likeness?.get('net-raw-kept')]));
  foldImplied(judged);
  foldImplied(byLooking);
  const told = (one: ManifestVerdicts): string => one.implied.map(({ control }) => control).join();
  const left = (one: ManifestVerdicts): string =>
    one.failures.flatMap(({ control, findings }) => findings.map(({ path }) => `${control} ${path}`)).join();
  const likenesses = new Set<object>();
  let folded = 0;
  let partly = 0;
  for (const [i, one] of judged.entries()) {
    assert.equal(told(one), told(byLooking[i]!), one.manifest.lines.text);
    if (i % 4 === 0) assert.equal(left(one), left(byLooking[i]!), one.manifest.lines.text);
    const like = likenessOf.get(one);
    if (like !== undefined) likenesses.add(like);
    if (told(one) !== '' && like !== undefined) folded++;
    if (one.leftOut !== undefined) partly++;
  }
  assert.ok(folded > 200 && likenesses.size < folded / 2, `${folded} folded, ${likenesses.size} likenesses`);
  assert.ok(partly > 20, `of ${partly} some findings are told`);
});

function manifests(): Manifest[] {
  const next = random(9);
  const plain = Array.from({ length: 1500 }, (_, i) => manifest(i, next));
  const found = [...collectText('a.yaml', Buffer.from(plain.join('---\n'))).manifests];
  const odd = new Random(12);
  for (const key of generatedKinds) {
    for (let i = 0; i < 30; i++) {
      const made = generateManifest(odd, key, `object-${i}`);
      const text = JSON.stringify({
        ...made,
        metadata: { ...(made['metadata'] as JsonObject), namespace: 'shop' },
      });
      found.push(...collectText(`${key}.json`, Buffer.from(text)).manifests);
    }
  }
  return found;
}
