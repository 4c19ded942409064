import { PolicyTester } from '../loop/testing/policy-tester.ts';
import type { PolicyTestReport, SuiteResult } from '../model/policy-test.ts';
import { painter } from '../report/paint.ts';
import { testJson } from '../report/tests/json.ts';
import { testJunit } from '../report/tests/junit.ts';
import { testText, type TestTextOptions } from '../report/tests/text.ts';
import { coveragePercent, totalsOf } from '../report/tests/totals.ts';
import { type Arguments, type Command, flagList, flagText, type FlagValues, UsageError } from './command.ts';
import { kubernetesVersion } from './kubernetes-version.ts';
import { type Output, parseOutputsAs, writeEach } from './outputs.ts';
import { Progress } from './progress.ts';
import { type Streams, wantsColor } from './stream.ts';

const formats = ['text', 'json', 'junit'] as const;
type TestFormat = (typeof formats)[number];

/** `scantling test`: its flags and its help. */
export const testCommand: Command = {
  name: 'test',
  summary: `Run the tests of policies: every test file at or below a folder.

Takes tests.yaml beside policies and controls, and as they are the Suites of gator verify, kyverno-test.yaml for
ValidatingAdmissionPolicies, and tests.json with templates and field changes. Exit codes: 0 all as expected; 1 a case is
not, or the coverage is below its threshold; 2 a mistake in the call, or nothing to test; 3 something could not be read
or is unknown (3 comes before 1).`,
  usage: 'test [FILE | FOLDER] ... [flags]',
  examples: [
    'scantling test policies/',
    'scantling test policies/ --watch',
    'scantling test . --coverage --coverage-threshold 90 -o text -o junit=tests.xml',
    'scantling test controls/ --kubernetes-version 1.34',
  ],
  flags: {
    coverage: { type: 'boolean', help: 'show what of the policies no test reaches' },
    'coverage-threshold': {
      type: 'string',
      value: 'PERCENT',
      help: 'exit 1 below it; asks for --coverage',
    },
    watch: { type: 'boolean', short: 'w', help: 'run again what a changed file concerns; q ends it' },
    output: {
      type: 'string',
      short: 'o',
      multiple: true,
      value: 'FORMAT[=FILE]',
      values: formats,
      help: 'text (default), json or junit',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: 'judge by this version (default: the latest; controls by every known one)',
    },
    quiet: { type: 'boolean', short: 'q', help: 'only what is not as expected and the last line' },
  },
};

/** How the tests of a call are run and shown. */
export interface TestCall {
  readonly inputs: readonly string[];
  readonly tester: PolicyTester;
  readonly makeTester: () => PolicyTester;
  readonly coverage: boolean;
  readonly outputs: readonly Output<TestFormat>[];
  readonly threshold: number | undefined;
  readonly quiet: boolean;
}

/** `scantling test`. */
export async function runTest({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  const started = performance.now();
  const call = callOf(flags, positionals.length === 0 ? ['.'] : positionals, streams);
  if (flags['watch'] === true) {
    const { watchTests } = await import('./test-watch.ts');
    return watchTests(call, streams);
  }
  const { suites, missing } = call.tester.find(call.inputs);
  const [lost] = missing;
  if (lost !== undefined) throw new UsageError(`${lost.input}: ${lost.reason}`);
  const progress = new Progress(streams);
  const results: SuiteResult[] = [];
  for (const [i, suite] of suites.entries()) {
    const run = call.tester.run(suite);
    if (run !== undefined) results.push(run.result);
    progress.step('testing', i + 1, suites.length);
  }
  progress.end();
  if (results.length === 0) throw new UsageError(nothingToTest);
  return showTests(call, { suites: results, coverage: call.tester.coverage() }, started, streams);
}

/** What is said where no test file was found. */
export const nothingToTest = 'there are no tests here: docs/testing-policies.md says how to write them';

/** Writes the report in every format asked for and returns the exit code. */
export async function showTests(
  call: TestCall,
  report: PolicyTestReport,
  started: number,
  streams: Streams,
): Promise<number> {
  const elapsedMilliseconds = performance.now() - started;
  const text = (isFile: boolean): TestTextOptions => ({
    paint: painter(!isFile && wantsColor(streams)),
    width: isFile ? 120 : Math.max(60, streams.columns),
    source: (file) => call.tester.files.textOf(file),
    quiet: call.quiet,
    elapsedMilliseconds,
  });
  const render = (format: TestFormat, isFile: boolean): Iterable<string> => {
    if (format === 'json') return testJson(report);
    return format === 'junit' ? testJunit(report, { elapsedMilliseconds }) : testText(report, text(isFile));
  };
  await writeEach(call.outputs, render, streams);
  const { cases, errors } = totalsOf(report);
  if (cases.error + cases.unknown + errors > 0) return 3;
  const percent = coveragePercent(report);
  const isBelow = call.threshold !== undefined && percent < call.threshold;
  if (isBelow) streams.err(`the coverage of ${percent} % is below the threshold of ${call.threshold} %\n`);
  return cases.failed > 0 || isBelow ? 1 : 0;
}

function callOf(flags: FlagValues, inputs: readonly string[], streams: Streams): TestCall {
  const asked = flagText(flags, 'kubernetes-version');
  const version = asked === undefined ? undefined : kubernetesVersion(asked);
  const threshold = percentOf(flagText(flags, 'coverage-threshold'));
  const coverage = flags['coverage'] === true || threshold !== undefined;
  const outputs = parseOutputsAs<TestFormat>(flagList(flags, 'output'), formats);
  const makeTester = (): PolicyTester => new PolicyTester({ cwd: streams.cwd, version, coverage });
  const quiet = flags['quiet'] === true;
  return { inputs, tester: makeTester(), makeTester, coverage, outputs, threshold, quiet };
}

function percentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent;
  throw new UsageError(`--coverage-threshold ${text}: a number from 0 to 100 is meant`);
}
