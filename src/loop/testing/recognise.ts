import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The formats of test files, each by what it is called to people. */
export type TestFormat = 'control' | 'tests.yaml' | 'gator Suite' | 'kyverno-test.yaml' | 'tests.json';

/** Larger files are no tests. */
const largest = 64 * 1024 * 1024;

/**
 * Which format of tests a file may hold, from its name and a look at its bytes; reading decides. Undefined for what is no
 * test file.
 */
export function recognise(absolute: string): TestFormat | undefined {
  const name = path.basename(absolute);
  if (/^(?:.+\.)?tests\.ya?ml$/.test(name)) {
    const control = path.join(path.dirname(absolute), 'control.yaml');
    return name === 'tests.yaml' && existsSync(control) ? 'control' : 'tests.yaml';
  }
  const bytes = contentOf(absolute);
  if (bytes.includes('test.gatekeeper.sh/')) return 'gator Suite';
  const isTest = bytes.includes('kyverno.io/') && bytes.includes('kind: Test');
  if (isTest || bytes.includes('cli.kyverno.io/') || /^kyverno-test\.ya?ml$/.test(name))
    return 'kyverno-test.yaml';
  const isJson = name.endsWith('.json') && bytes.includes('"template"') && bytes.includes('"expected"');
  return isJson ? 'tests.json' : undefined;
}

/** The bytes of a file; none where it cannot be read, which whoever reads it will say. */
function contentOf(absolute: string): Buffer {
  try {
    const stat = statSync(absolute);
    return !stat.isFile() || stat.size > largest ? Buffer.alloc(0) : readFileSync(absolute);
  } catch {
    return Buffer.alloc(0);
  }
}
