import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { type Complaint, isMapping } from './complaint.ts';
import { type Control, readControl } from './control.ts';
import { readFolder } from './load.ts';
import { ControlTester, type TestFailure, type TestOutcome } from './tester.ts';
import { anyVersion } from './versions.ts';

/** What testing one folder came to. */
export interface FolderOutcome extends TestOutcome {
  readonly folder: string;
}

/**
 * Tests every folder at or below `directory` that holds a `tests.yaml`: a control, or a policy of somebody's own with
 * cases beside it but no `control.yaml`. Folders that begin with a dot and `node_modules` are passed over. Files that
 * cannot be read are failures of their folder.
 */
export function* testFolders(
  directory: string,
  tester: ControlTester = new ControlTester(),
): Generator<FolderOutcome> {
  for (const folder of foldersWithTests(directory)) yield { folder, ...testFolder(folder, tester) };
}

function* foldersWithTests(directory: string): Generator<string> {
  if (existsSync(path.join(directory, 'tests.yaml'))) yield directory;
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    yield* foldersWithTests(path.join(directory, entry.name));
  }
}

/** Tests the control in a folder; files that cannot be read are failures of it. */
export function testFolder(folder: string, tester: ControlTester): TestOutcome {
  const wrong: string[] = [];
  const files = readFolder(folder, wrong);
  const isControl = files['control.yaml'] !== undefined;
  const id = isControl ? path.basename(path.resolve(folder)) : nameOf(files['policy.yaml']);
  const { control, complaints } = isControl ? readControl(id, files) : bareControl(id, files['policy.yaml']);
  const failures: TestFailure[] = wrong.map((reason) => ({ control: id, name: '', what: '', reason }));
  for (const { path: at, reason } of complaints) {
    failures.push({ control: id, name: '', what: `control.yaml ${formatPath(at)}`.trim(), reason });
  }
  if (failures.length > 0) return { runs: 0, failures, cases: [] };
  return tester.test(control, files['tests.yaml']);
}

function nameOf(policy: Json | undefined): string {
  const metadata = isMapping(policy) ? policy['metadata'] : undefined;
  return isMapping(metadata) ? String(metadata['name']) : '';
}

/** A policy of somebody's own as a control: it may have any name and says nothing about itself. */
function bareControl(
  id: string,
  policy: Json | undefined,
): { control: Control; complaints: readonly Complaint[] } {
  const control: Control = {
    id,
    title: id,
    practice: 10,
    severity: 'info',
    why: '',
    fix: '',
    frameworks: {},
    aliases: {},
    references: [],
    prelude: '',
    kubernetes: anyVersion,
    variants: [{ file: 'policy.yaml', until: undefined, policy: isMapping(policy) ? policy : {} }],
    parameters: {},
    autofix: undefined,
    derivation: undefined,
    renamedFrom: [],
    severityWhenBound: undefined,
    impliedBy: [],
    nursery: false,
  };
  const reason = 'policy.yaml is missing or no mapping';
  return { control, complaints: isMapping(policy) ? [] : [{ path: [], reason }] };
}
