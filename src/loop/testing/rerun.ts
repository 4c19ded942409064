import { statSync } from 'node:fs';
import path from 'node:path';
import type { PolicyTestReport } from '../../model/policy-test.ts';
import type { PolicyTester, SuiteRun } from './policy-tester.ts';

/** After so many changes everything is read anew, so that what was compiled before does not pile up. */
const mostChanges = 500;

/**
 * The tests of some inputs, run again as files change: only those that read one of the files that changed. Coverage needs
 * every request, so with it everything runs again.
 */
export class Rerun {
  private readonly inputs: readonly string[];
  private readonly makeTester: () => PolicyTester;
  private readonly everything: boolean;
  private runs = new Map<string, SuiteRun>();
  private stamps = new Map<string, string>();
  private changes = 0;
  tester: PolicyTester;

  constructor(inputs: readonly string[], makeTester: () => PolicyTester, everything: boolean) {
    this.inputs = inputs;
    this.makeTester = makeTester;
    this.everything = everything;
    this.tester = makeTester();
  }

  /** Runs all tests there are. */
  all(): PolicyTestReport {
    this.tester = this.makeTester();
    this.runs = new Map();
    this.stamps = new Map();
    this.changes = 0;
    return this.update(new Set()).report;
  }

  /**
   * Looks which files have changed and runs what depends on them. `ran` are the test files that ran, as shown; `changed`
   * whether anything is different, a test file that is gone included.
   */
  refresh(): {
    readonly report: PolicyTestReport;
    readonly ran: readonly string[];
    readonly changed: boolean;
  } {
    const changed = new Set(
      [...this.stamps].filter(([file, stamp]) => stampOf(file) !== stamp).map(([file]) => file),
    );
    if (changed.size > 0 && (this.everything || ++this.changes > mostChanges)) {
      const report = this.all();
      return { report, ran: report.suites.map(({ file }) => file), changed: true };
    }
    const before = this.runs.size;
    const updated = this.update(changed);
    return { ...updated, changed: updated.ran.length > 0 || this.runs.size !== before };
  }

  /** The folders in which a change matters: those of all files that were asked for. */
  get folders(): readonly string[] {
    return [...new Set([...this.stamps.keys()].map((file) => path.dirname(file)))];
  }

  private update(changed: ReadonlySet<string>): { report: PolicyTestReport; ran: string[] } {
    const { tester, runs } = this;
    for (const file of changed) tester.files.forget(file);
    const { suites } = tester.find(this.inputs);
    const found = new Set(suites.map(({ absolute }) => absolute));
    for (const known of runs.keys()) if (!found.has(known)) runs.delete(known);
    const ran: string[] = [];
    const inOrder = new Map<string, SuiteRun>();
    for (const suite of suites) {
      const known = runs.get(suite.absolute);
      const isStale = known === undefined || [...known.dependencies].some((file) => changed.has(file));
      const run = isStale ? tester.run(suite) : known;
      if (run === undefined) continue;
      if (isStale) ran.push(run.result.file);
      inOrder.set(suite.absolute, run);
    }
    this.runs = inOrder;
    this.stamps = new Map(
      [...inOrder.values()].flatMap(({ dependencies }) =>
        [...dependencies].map((file) => [file, stampOf(file)] as const),
      ),
    );
    const report = { suites: [...inOrder.values()].map(({ result }) => result), coverage: tester.coverage() };
    return { report, ran };
  }
}

/** Differs when the file does; a file that is not there has one too. */
function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'missing';
  }
}
