import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** The folder with the real Kubernetes programs, as `setup-envtest` names it; empty where there is none. */
const assets: string = process.env['KUBEBUILDER_ASSETS'] ?? '';

/** Where a real program would be, such as `etcd`. */
export function assetPath(program: string): string {
  return join(assets, program);
}

/** Why tests that need these programs cannot run here; undefined where they can. */
export function missingAssets(...programs: readonly string[]): string | undefined {
  if (assets === '') {
    return `KUBEBUILDER_ASSETS is unset, set it to a folder with ${programs.join(' and ')}`;
  }
  const missing = programs.filter((program) => !existsSync(assetPath(program)));
  return missing.length === 0 ? undefined : `there is no ${missing.map(assetPath).join(' and no ')}`;
}

/** Registers a test that cannot run here: it says so in one loud line and counts as skipped. */
export function skippedTest(name: string, reason: string): void {
  process.stderr.write(`SKIPPED, NOT PROVED: ${name}: ${reason}\n`);
  test(name, { skip: reason }, () => {});
}
