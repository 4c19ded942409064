import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ControlTester, type ObserveRequest } from '../../catalogue/tester.ts';
import { latestMinorVersion, type MinorVersion, minorVersions } from '../../catalogue/versions.ts';
import { walk } from '../../collect/walk.ts';
import type { Path } from '../../model/object.ts';
import type { PolicyCoverage, SuiteResult } from '../../model/policy-test.ts';
import type { CompiledPolicy } from '../../policy/index.ts';
import { Places } from '../located.ts';
import { testControl } from './control-suite.ts';
import { type CoveredSource, CoverageRecorder } from './coverage/recorder.ts';
import { objectsOf, type PlacedObject, TestFiles } from './files.ts';
import { locateIn, PolicyShelf } from './policy-shelf.ts';
import { readSuite } from './read-suite.ts';
import { recognise, type TestFormat } from './recognise.ts';
import { runCase } from './run-case.ts';
import { SuiteReader } from './suite-reader.ts';

/** How tests are run. */
export interface TesterOptions {
  /** The folder relative paths start from, absolute. */
  readonly cwd: string;
  /** The Kubernetes version to judge by; undefined for every known one with controls and the latest with policies. */
  readonly version: MinorVersion | undefined;
  /** Gather what the tests reach in the policies. */
  readonly coverage?: boolean;
}

/** A test file that was found. */
export interface FoundSuite {
  readonly absolute: string;
  readonly format: TestFormat;
}

/** A test file that was run, and what it depends on. */
export interface SuiteRun {
  readonly result: SuiteResult;
  /** Absolute paths of every file that was asked for, the test file among them. */
  readonly dependencies: ReadonlySet<string>;
}

/** Finds and runs the tests of policies, of whatever format; what files hold is kept for the suites that follow. */
export class PolicyTester {
  readonly files: TestFiles;
  readonly shelf: PolicyShelf;
  private readonly options: TesterOptions;
  private readonly controls: ControlTester;
  private readonly recorder: CoverageRecorder | undefined;
  /** The policies of controls, which are compiled elsewhere, and the files they stand in. */
  private readonly controlPolicies = new Map<CompiledPolicy, PlacedObject>();
  private controlFolder = '';

  constructor(options: TesterOptions) {
    const { cwd, version, coverage } = options;
    this.options = options;
    this.files = new TestFiles(cwd);
    this.shelf = new PolicyShelf(version ?? latestMinorVersion);
    if (coverage === true) this.recorder = new CoverageRecorder((policy) => this.sourceOf(policy));
    this.controls = new ControlTester(
      version === undefined ? minorVersions : [version],
      this.recorder && ((...observed) => this.observeControl(...observed)),
    );
  }

  /** What the tests have reached so far; undefined where nobody asked. */
  coverage(): PolicyCoverage[] | undefined {
    for (const policy of this.shelf.all) this.recorder?.know(policy);
    return this.recorder?.result();
  }

  private readonly observeControl: ObserveRequest = (bound, request, context, name) => {
    if (!this.controlPolicies.has(bound.policy)) {
      const file = this.files.read(path.join(this.controlFolder, name));
      const object = typeof file === 'string' ? undefined : objectsOf(file)[0];
      if (object !== undefined) this.controlPolicies.set(bound.policy, object);
    }
    this.recorder?.observe([bound], request, context);
  };

  private sourceOf(policy: CompiledPolicy): CoveredSource | undefined {
    const shelved = this.shelf.sourceOf(policy);
    if (shelved !== undefined) {
      const locate = this.shelf.locate.bind(this.shelf, policy);
      return { file: shelved.file.shown, locate };
    }
    const object = this.controlPolicies.get(policy);
    if (object === undefined) return undefined;
    const source = { ...object, pathOf: (at: Path) => at };
    return { file: object.file.shown, locate: (at, start, end) => locateIn(source, at, start, end) };
  }

  /** The test files among files, folders and globs; `missing` are the inputs that name nothing. */
  find(inputs: readonly string[]): {
    readonly suites: readonly FoundSuite[];
    readonly missing: readonly { readonly input: string; readonly reason: string }[];
  } {
    const { files, missing } = walk(inputs, { cwd: this.options.cwd, exclude: [] });
    const suites: FoundSuite[] = [];
    const notTests: { input: string; reason: string }[] = [];
    for (const { absolute, named, shown } of files) {
      const format = recognise(absolute);
      if (format !== undefined) suites.push({ absolute, format });
      else if (named) notTests.push({ input: shown, reason: 'it holds no tests in any known format' });
    }
    return { suites, missing: [...missing, ...notTests] };
  }

  /** Runs one test file; undefined where a look inside shows that it holds no tests. Never throws on its account. */
  run({ absolute, format }: FoundSuite): SuiteRun | undefined {
    const file = this.files.read(absolute);
    if (typeof file === 'string') return unreadable(absolute, format, file, this.options.cwd);
    const places = new Places();
    if (format === 'control') {
      const folder = path.dirname(absolute);
      this.controlFolder = folder;
      // A folder is listed among what it holds: a policy for other versions may be added to it.
      const held = readdirSync(folder).map((name) => path.join(folder, name));
      return { result: testControl(file, this.controls, places), dependencies: new Set([folder, ...held]) };
    }
    const reader = new SuiteReader(file, this.files, this.shelf);
    const suite = readSuite(reader, format);
    if (suite === undefined) return undefined;
    const around = { shelf: this.shelf, places, observe: this.recorder?.observe };
    const runs = suite.cases.map((one) => runCase(one, around));
    const result = {
      file: file.shown,
      format: suite.format,
      cases: runs.map((run) => run.result),
      verdicts: runs.reduce((sum, run) => sum + run.verdicts, 0),
      problems: suite.problems,
    };
    return { result, dependencies: reader.dependencies };
  }
}

function unreadable(absolute: string, format: TestFormat, reason: string, cwd: string): SuiteRun {
  const file = path.relative(cwd, absolute).split(path.sep).join('/');
  const problem = { file, line: 0, column: 0, severity: 'error' as const, reason };
  return {
    result: { file, format, cases: [], verdicts: 0, problems: [problem] },
    dependencies: new Set([absolute]),
  };
}
