import type { Problem } from '../../model/finding.ts';
import { position } from '../../yaml/index.ts';
import { objectsOf, type Place, problemsOf } from './files.ts';
import { readGatorSuite } from './gator/suite.ts';
import { isKyvernoTest, readKyvernoTest } from './kyverno/suite.ts';
import type { TestSuite } from './policy-case.ts';
import type { TestFormat } from './recognise.ts';
import type { SuiteReader } from './suite-reader.ts';
import { isTestsJson, readTestsJson } from './tests-json/suite.ts';
import { isTestsYaml, readTestsYaml } from './tests-yaml/suite.ts';

/**
 * Reads the test cases of a file in the format it was recognised by. Undefined where a look inside shows that it is no
 * test file after all: a Kyverno `Values` file, an object that mentions a suite.
 */
export function readSuite(
  reader: SuiteReader,
  format: Exclude<TestFormat, 'control'>,
): TestSuite | undefined {
  const { file } = reader;
  const broken = file.documents.filter(({ value }) => value === undefined);
  if (broken.length > 0) return { format, cases: [], problems: problemsOf(file) };
  const suites = [...suitesIn(reader, format)];
  if (suites.length > 0) {
    return { format, cases: suites.flatMap(({ cases }) => cases), problems: reader.problems };
  }
  if (format !== 'tests.yaml') return undefined;
  const [document] = file.documents;
  const place = document === undefined ? { line: 1, column: 1 } : position(document, document.start);
  const problem = {
    file: file.shown,
    ...place,
    severity: 'error',
    reason: 'a tests.yaml holds `cases:`, a list',
  };
  return { format, cases: [], problems: [problem as Problem] };
}

function* suitesIn(reader: SuiteReader, format: Exclude<TestFormat, 'control'>): Generator<TestSuite> {
  const { file } = reader;
  if (format === 'gator Suite' || format === 'kyverno-test.yaml') {
    for (const object of objectsOf(file)) {
      const { apiVersion, kind } = object.value;
      const isSuite = kind === 'Suite' && String(apiVersion).startsWith('test.gatekeeper.sh/');
      if (isSuite) yield readGatorSuite(reader, object);
      else if (isKyvernoTest(object.value, file.shown)) yield readKyvernoTest(reader, object);
    }
    return;
  }
  for (const document of file.documents) {
    const place: Place = { file, document, path: [] };
    const { value } = document;
    if (format === 'tests.json' && isTestsJson(value)) yield readTestsJson(reader, place, value);
    if (format === 'tests.yaml' && isTestsYaml(value)) yield readTestsYaml(reader, place, value);
  }
}
