import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SuiteResult } from '../../model/policy-test.ts';
import { PolicyTester, type TesterOptions } from './policy-tester.ts';

/** Files by their POSIX path. */
export type Files = Readonly<Record<string, string>>;

/** What tests of the runner look at. */
export interface Ran {
  readonly suites: readonly SuiteResult[];
  /** `status name` and, where it did not pass, what it got; one line for each case. */
  readonly cases: readonly string[];
  /** `severity file:line:column reason`, one line for each problem. */
  readonly problems: readonly string[];
  readonly tester: PolicyTester;
}

/** Writes files into a folder of their own, calls `use` with it, and removes it. */
export function inFolder<T>(files: Files, use: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-tests-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs all tests of some files. Results are looked at before the files go: places are worked out late. */
export function runFiles(files: Files, options: Partial<TesterOptions> = {}): Ran {
  return inFolder(files, (cwd) => {
    const tester = new PolicyTester({ version: 36, ...options, cwd });
    const suites = tester.find(['.']).suites.flatMap((suite) => tester.run(suite)?.result ?? []);
    return { suites, tester, cases: suites.flatMap(caseLines), problems: suites.flatMap(problemLines) };
  });
}

function caseLines({ cases }: SuiteResult): string[] {
  return cases.map(({ status, name, got }) => `${status} ${name}${got === '' ? '' : `: ${got}`}`);
}

function problemLines({ problems }: SuiteResult): string[] {
  return problems.map(
    ({ severity, file, line, column, reason }) =>
      `${severity} ${line === 0 ? file : `${file}:${line}:${column}`} ${reason}`,
  );
}

/** A ValidatingAdmissionPolicy on creating and updating ConfigMaps. */
export function configMapPolicy(validations: string, more = ''): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: rule}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [configmaps]}]
${more === '' ? '' : `${more}\n`}  validations:
${validations}
`;
}

/** A ConfigMap with some data, in flow style. */
export function configMap(data: string, metadata = '{name: a, namespace: shop}'): string {
  return `{apiVersion: v1, kind: ConfigMap, metadata: ${metadata}, data: ${data}}`;
}
