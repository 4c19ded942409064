import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { loadCatalogue, readYaml } from '../../src/catalogue/load.ts';
import { policyFor } from '../../src/catalogue/control.ts';
import { parseMinorVersion } from '../../src/catalogue/versions.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import {
  bindPolicy,
  collectionOf,
  gated,
  installPolicy,
  type Verdict,
  verdictOf,
  waitForDenial,
} from './installed-policies.ts';

const root = path.join(import.meta.dirname, '../..');
const fixtures = path.join(root, '../shared/conformance/pod-security');
const skip = existsSync(fixtures) ? undefined : `there are no Pod Security fixtures at ${fixtures}`;

/** One pod of the fixtures and the verdict its folder names. */
interface Fixture {
  readonly file: string;
  /** Level and version, which also gate the policies that judge it. */
  readonly gate: string;
  readonly expect: 'pass' | 'fail';
  readonly object: JsonObject;
}

apiServerSuite('Pod Security fixtures', { skip }, (test) => {
  test('the Pod Security fixtures get their verdict at their own version', judgeFixtures);
});

function readFixtures(): Fixture[] {
  const found: Fixture[] = [];
  for (const level of ['baseline', 'restricted']) {
    for (const version of readdirSync(path.join(fixtures, level))) {
      for (const expect of ['pass', 'fail'] as const) {
        const folder = path.join(fixtures, level, version, expect);
        for (const name of readdirSync(folder)) {
          const wrong: string[] = [];
          const pod = readYaml(path.join(folder, name), wrong) as JsonObject;
          // Their names hold underscores, which the server does not allow.
          const object = { ...pod, metadata: { ...(pod['metadata'] as JsonObject), name: 'fixture' } };
          assert.deepEqual(wrong, []);
          const gate = `${level}-${version.replace('v1.', '1-')}`;
          found.push({ file: path.relative(fixtures, path.join(folder, name)), gate, expect, object });
        }
      }
    }
  }
  return found;
}

async function judgeFixtures(api: ApiServer, context: TestContext): Promise<void> {
  const catalogue = loadCatalogue(root);
  const all = readFixtures();
  const installed = new Set<string>();
  for (const gate of new Set(all.map((fixture) => fixture.gate))) {
    const [level, minor] = [gate.slice(0, gate.indexOf('-')), gate.slice(gate.indexOf('-') + 1)];
    const version = parseMinorVersion(minor.replace('-', '.')) ?? Number.NaN;
    for (const id of catalogue.profiles.get(`pss-${level}`)?.controls ?? []) {
      const control = catalogue.controls.get(id);
      const variant = control && policyFor(control, version);
      if (variant === undefined) continue;
      const policyName = variant.until === undefined ? id : `${id}-1-${variant.until}`;
      if (!installed.has(policyName)) await installPolicy(api, variant.policy, policyName);
      installed.add(policyName);
      await bindPolicy(api, { name: `${policyName}-${gate}`, policyName, gate });
    }
  }
  const send = async ({ object, gate }: Fixture): Promise<Verdict> =>
    verdictOf(await api.request('POST', `${collectionOf(object)}?dryRun=All`, gated(object, gate)));
  // A fixture that only its own control denies shows that the control's binding is in effect.
  const refused: string[] = [];
  const wrong: string[] = [];
  await inParallel(all, async (fixture) => {
    if (fixture.expect === 'pass') return;
    const first = await send(fixture);
    if (first.kind === 'refused') refused.push(fixture.file);
    else await waitForDenial(() => send(fixture), fixture.file);
  });
  await inParallel(all, async (fixture) => {
    if (refused.includes(fixture.file)) return;
    const verdict = await send(fixture);
    const expected = fixture.expect === 'pass' ? 'allowed' : 'denied';
    if (verdict.kind !== expected) wrong.push(`${fixture.file}: ${JSON.stringify(verdict)}`);
  });
  report(context, {
    cases: all.length - refused.length,
    numbers: [`${refused.length} refused before any policy`, ...refused.sort()],
    disagreements: wrong,
    generated: false,
  });
  assert.ok(refused.length < all.length / 10);
}
