import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bindControl } from '../../src/catalogue/bind.ts';
import { checkout, checkoutCatalogue, readYaml } from '../../src/catalogue/load.ts';
import { formatMinorVersion, type MinorVersion, parseMinorVersion } from '../../src/catalogue/versions.ts';
import { serverView } from '../../src/kube/view/server-view.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { judge, noParams, PolicyCompiler } from '../../src/policy/index.ts';
import { createRequest } from '../../src/policy/request.fixture.ts';

const fixtures = path.join(checkout, '../shared/conformance/pod-security');
const missing = `SKIPPED, NOT PROVED: no Pod Security fixtures at ${fixtures}`;
if (!existsSync(fixtures)) process.stderr.write(`${missing}\n`);

/** The control that must find what a fixture of this name shows, at the baseline and at the restricted level. */
const controls: Readonly<Record<string, readonly [baseline: string, restricted: string]>> = {
  allowprivilegeescalation: ['', 'privilege-escalation'],
  apparmorprofile: ['apparmor-profile', 'apparmor-profile'],
  capabilities_baseline: ['capabilities-added', 'capabilities-restricted'],
  capabilities_restricted: ['', 'capabilities-restricted'],
  hostnamespaces: ['host-namespaces', 'host-namespaces'],
  hostpathvolumes: ['host-path-volume', 'volume-types'],
  hostports: ['host-port', 'host-port'],
  privileged: ['privileged-container', 'privileged-container'],
  // The fixtures are older than 1.35, since when proc-mount-restricted finds it in user namespaces.
  procmount: ['proc-mount', 'proc-mount'],
  restrictedvolumes: ['', 'volume-types'],
  runasnonroot: ['', 'run-as-non-root'],
  runasuser: ['', 'run-as-root-user'],
  seccompprofile_baseline: ['seccomp-unconfined', 'seccomp-profile'],
  seccompprofile_restricted: ['', 'seccomp-profile'],
  selinuxoptions: ['selinux-options', 'selinux-options'],
  sysctls: ['unsafe-sysctls', 'unsafe-sysctls'],
  windowshostprocess: ['windows-host-process', 'windows-host-process'],
};

const catalogue = checkoutCatalogue();

/** The controls of a level that fail, and those that neither pass nor fail, with the reason. */
function judgePod(pod: JsonObject, level: string, version: MinorVersion, compiler: PolicyCompiler) {
  const failing: string[] = [];
  const odd: string[] = [];
  for (const id of catalogue.profiles.get(`pss-${level}`)?.controls ?? []) {
    const control = catalogue.controls.get(id);
    const bound = control && bindControl(control, version, compiler);
    if (bound === undefined) continue;
    const kind = { group: '', version: 'v1', kind: 'Pod' };
    const resource = { group: '', version: 'v1', resource: 'pods' };
    const [judgement] = judge(
      [bound.bound],
      createRequest({
        kind,
        resource,
        name: 'pod',
        namespace: 'default',
        object: serverView(pod as never).object as JsonObject,
      }),
      { findNamespace: () => undefined, params: noParams, findElements: false },
    );
    if (judgement?.verdict === 'fail') failing.push(id);
    else if (judgement?.verdict !== 'pass') odd.push(`${id}: ${judgement?.verdict} ${judgement?.reason}`);
  }
  return { failing, odd };
}

for (const level of ['baseline', 'restricted'] as const) {
  for (const folder of existsSync(fixtures) ? readdirSync(path.join(fixtures, level)) : []) {
    test(`Pod Security fixtures: ${level} ${folder}`, () => {
      const version = parseMinorVersion(folder.slice(1));
      assert.ok(version !== undefined);
      const compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
      const wrong: string[] = [];
      let count = 0;
      for (const expect of ['pass', 'fail'] as const) {
        for (const file of readdirSync(path.join(fixtures, level, folder, expect))) {
          count++;
          const pod = readYaml(path.join(fixtures, level, folder, expect, file), wrong) as JsonObject;
          const { failing, odd } = judgePod(pod, level, version, compiler);
          const named = controls[file.replace(/\d*\.yaml$/, '')]?.[level === 'baseline' ? 0 : 1];
          if (odd.length > 0) wrong.push(`${expect}/${file}: ${odd.join('; ')}`);
          if (expect === 'pass' && failing.length > 0) wrong.push(`${expect}/${file}: ${failing.join()}`);
          if (expect === 'fail' && (named === undefined || !failing.includes(named))) {
            wrong.push(`${expect}/${file}: ${named} is not among those that fail: ${failing.join()}`);
          }
        }
      }
      assert.deepEqual(wrong, []);
      assert.ok(count >= 40, `${count} fixtures`);
    });
  }
}
test('the Pod Security fixtures are there', (context) => {
  if (!existsSync(fixtures)) context.skip(missing);
});
