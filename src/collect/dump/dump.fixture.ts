import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { type Collection, ManifestReader } from '../manifests.ts';
import { Dump, openDump } from './dump.ts';

/** A folder of the tests of one file, removed behind them. */
export function folderForTests(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dump-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a text as a dump, however short it is. */
export function dumpOf(folder: string, text: string | Uint8Array): Dump {
  const file = path.join(folder, `dump-${Math.random()}`);
  writeFileSync(file, text);
  return openDump('dump', file, undefined)!;
}

/** What a scan would read of a file as a dump, and of the same file as a whole. */
export function readBothWays(folder: string, name: string, text: string | Uint8Array): Collection[] {
  writeFileSync(path.join(folder, name), text);
  return [1, undefined].map((dumpFrom) => {
    const options = { cwd: folder, exclude: [], ...(dumpFrom === undefined ? {} : { dumpFrom }) };
    const reader = new ManifestReader([name], options);
    return { manifests: reader.read(0), ...reader.result() };
  });
}

/** What makes a text long enough for its List to be split. */
export const padding = 'x'.repeat(260_000);

/** A ConfigMap as long as a List has to be. */
export function long(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { padding } };
}

export function pod(name: string, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, ...more };
}

/** A List as `kubectl get -o json` prints it. */
export function pretty(items: readonly object[], head: object = {}): string {
  return `${JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: {}, ...head }, undefined, 4)}\n`;
}
