import path from 'node:path';
import { testFolder } from '../../catalogue/folder-tests.ts';
import type { ControlTester } from '../../catalogue/tester.ts';
import type { Problem } from '../../model/finding.ts';
import type { CaseResult, SuiteResult } from '../../model/policy-test.ts';
import type { Places } from '../located.ts';
import { WrittenResult } from './case-result.ts';
import type { SourceFile } from './files.ts';

/** Runs the tests of a control of the catalogue's form: a folder with a `control.yaml`. */
export function testControl(file: SourceFile, tester: ControlTester, places: Places): SuiteResult {
  const { cases, failures, runs } = testFolder(path.dirname(file.absolute), tester);
  const [document] = file.documents;
  const base = { file: file.shown, format: 'control', verdicts: runs };
  if (document === undefined) return { ...base, cases: [], problems: [problem(file, '`cases:` is missing')] };
  const results = cases.map((name, i): CaseResult => {
    const written = new WrittenResult(name, { file, document, path: ['cases', i] }, places);
    const failure = failures.find((one) => one.name === name && name !== '');
    if (failure === undefined) return written;
    return written.with('failed', { what: failure.what, got: failure.reason });
  });
  const problems = failures
    .filter(({ name }) => !cases.includes(name))
    .map(({ what, reason }) => problem(file, what === '' ? reason : `${what}: ${reason}`));
  return { ...base, cases: results, problems };
}

function problem({ shown }: SourceFile, reason: string): Problem {
  return { file: shown, line: 0, column: 0, severity: 'error', reason };
}
