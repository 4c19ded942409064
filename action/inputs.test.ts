import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { load } from 'js-yaml';
import { fromWorkspace, scanArguments } from './call.ts';
import { InputError, readInputs } from './inputs.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}
const root = path.join(import.meta.dirname, '..');
const action = load(readFileSync(path.join(root, 'action.yml'), 'utf8')) as Action;

/** The environment as the runner makes it: every input is there, by its default where the workflow says nothing. */
function environment(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: otherwise = '' }]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name] ?? otherwise,
    ]),
  );
}
const read = (given: Readonly<Record<string, string>> = {}) => readInputs(environment(given));
const files = { report: '/tmp/r.json', annotations: '/tmp/a.txt' };

describe('action.yml', () => {
  test('starts what is there, on the Node of the runner', () => {
    assert.equal(action.runs.using, 'node24');
    assert.equal(path.join(root, action.runs.main), path.join(import.meta.dirname, 'main.ts'));
  });

  test('describes every input and output', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)])
      assert.match(description, /\S\.$/);
    assert.deepEqual(Object.keys(action.outputs), ['findings', 'exit-code', 'sarif-file']);
  });

  test('has no input that nothing reads', () => {
    for (const name of Object.keys(action.inputs)) {
      const value = ['annotations', 'summary'].includes(name) ? 'false' : 'something';
      assert.notDeepEqual(read({ [name]: value }), read(), name);
    }
  });
});

describe('the inputs', () => {
  test('are by default those of a scan of everything', () => {
    assert.deepEqual(scanArguments(read(), undefined, files), [
      'scan',
      '--output=text',
      '--output=json=/tmp/r.json',
      '--output=github=/tmp/a.txt',
      '--',
      '.',
    ]);
  });

  test('become flags, with files relative to the workspace', () => {
    const inputs = read({
      paths: ' deploy \n\n/abs/x.yaml\n--odd name.yaml\n',
      'working-directory': 'services/shop',
      profile: 'pss-restricted,nsa',
      policy: 'policies\nmore',
      'fail-on': 'medium,unknown',
      config: '.scantling.yaml',
      'kubernetes-version': '1.34',
      baseline: 'baseline.json',
      'sarif-file': 'out.sarif',
      annotations: 'false',
    });
    assert.deepEqual(scanArguments(inputs, 'c0ffee', files), [
      'scan',
      '--profile=pss-restricted,nsa',
      '--fail-on=medium,unknown',
      '--kubernetes-version=1.34',
      '--policy=services/shop/policies',
      '--policy=services/shop/more',
      '--config=services/shop/.scantling.yaml',
      '--baseline=services/shop/baseline.json',
      '--since=c0ffee',
      '--output=text',
      '--output=json=/tmp/r.json',
      '--output=sarif=services/shop/out.sarif',
      '--',
      'services/shop/deploy',
      '/abs/x.yaml',
      'services/shop/--odd name.yaml',
    ]);
  });

  test('are true or false as YAML has it', () => {
    assert.equal(read({ annotations: 'FALSE' }).annotations, false);
    assert.equal(read({ summary: 'True' }).summary, true);
    for (const text of ['yes', '0', 'off']) {
      const message = `the input summary takes true or false, not "${text}"`;
      assert.throws(
        () => read({ summary: text }),
        (error) => error instanceof InputError && error.message === message,
      );
    }
  });

  test('may be missing altogether, as for somebody who runs the action by hand', () => {
    assert.deepEqual(readInputs({}), read());
  });
});

test('a name in the working directory is one in the workspace', () => {
  assert.equal(fromWorkspace({ workingDirectory: '.' }, 'a.yaml'), 'a.yaml');
  assert.equal(fromWorkspace({ workingDirectory: 'x' }, '../a.yaml'), 'a.yaml');
  assert.equal(fromWorkspace({ workingDirectory: 'x' }, '/a.yaml'), '/a.yaml');
});
