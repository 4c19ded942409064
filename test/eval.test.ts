import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { project, run } from './golden/program.ts';

const pod = (name: string, labels = '{}'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: ${labels}}\nspec: {containers: [{name: a, image: a}]}\n`;
const files = {
  'new.yaml': pod('web', '{team: shop}'),
  'old.yaml': pod('web', '{team: bank}'),
  'params.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\ndata: {team: shop}\n',
  'namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {stage: live}}\n',
  'broken.yaml': 'apiVersion: v1\nkind: [Pod\n',
};

describe('scantling eval', () => {
  test('knows the object, the one before, parameters and the namespace', async (context) => {
    const cwd = project(context, files);
    const inputs = '-f new.yaml --old old.yaml --params params.yaml --namespace-object namespace.yaml'.split(
      ' ',
    );
    const seen = [
      'object.metadata.labels.team == params.data.team',
      'oldObject.metadata.labels.team == "bank"',
      'namespaceObject.metadata.labels.stage == "live"',
      'request.operation == "UPDATE"',
    ];
    const { code, out } = await run(['eval', '-q', seen.join(' && '), ...inputs], { cwd });
    assert.deepEqual([code, out], [0, 'true\n']);
  });

  for (const flag of ['filename', 'old', 'params', 'namespace-object']) {
    test(`a --${flag} that cannot be read is said and nothing is evaluated`, async (context) => {
      const cwd = project(context, files);
      const object = flag === 'filename' ? [] : ['-f', 'new.yaml'];
      const call = ['eval', 'true', ...object, `--${flag}`, 'broken.yaml'];
      const { code, err, out } = await run(call, { cwd });
      assert.deepEqual([code, out], [3, '']);
      assert.match(err, /^error {2}broken\.yaml:\d+:\d+ {2}./);
    });
  }

  test('one input alone is standard input', async (context) => {
    const cwd = project(context, files);
    const mistake = await run(['eval', '-', '-f', '-'], { cwd, stdin: 'true' });
    assert.equal(mistake.code, 2);
    assert.match(mistake.err, /only one input can be standard input/);
    const read = await run(['eval', '-q', '-', '-f', 'new.yaml'], { cwd, stdin: 'object.metadata.name\n' });
    assert.deepEqual([read.code, read.out], [0, 'web\n']);
  });

  test('the exit code tells false, true and neither apart', async () => {
    const code = async (expression: string): Promise<number> =>
      (await run(['eval', '-q', expression], { cwd: import.meta.dirname })).code;
    assert.equal(await code('1 < 2'), 0);
    assert.equal(await code('1 > 2'), 1);
    assert.equal(await code('"false"'), 0, 'a value that is not a bool is an answer');
    assert.equal(await code('1 / 0 > 1'), 3);
    assert.equal(await code('request.userInfo.username == "a"'), 3);
  });
});
