import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { privilegedPod } from '../golden/program.ts';
import { assetPath, missingAssets, skippedTest } from './assets.ts';

const programs = path.join(import.meta.dirname, '../../bin');
const missing = missingAssets('kubectl');

if (missing !== undefined) skippedTest('kubectl scantling', missing);
else {
  describe('kubectl scantling', () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'scantling-kubectl-'));
      // As npm links what `bin` of package.json names.
      for (const name of ['kubectl-scantling', 'kubectl_complete-scantling'])
        symlinkSync(path.join(programs, `${name}.js`), path.join(folder, name));
      writeFileSync(path.join(folder, 'pod.yaml'), privilegedPod);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    function kubectl(args: readonly string[], input = '') {
      const env = { PATH: `${folder}:${path.dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder };
      const done = spawnSync(assetPath('kubectl'), args, { cwd: folder, env, input, encoding: 'utf8' });
      return { status: done.status, out: done.stdout, err: done.stderr };
    }

    test('is a plug-in that kubectl lists, without a warning', () => {
      const { err, out, status } = kubectl(['plugin', 'list']);
      assert.equal(status, 0, err);
      assert.match(out, /^\S+\/kubectl-scantling$/m);
      assert.doesNotMatch(out + err, /warning/i);
    });

    test('scans what -f names, a file, a folder or standard input, and hands the exit code on', () => {
      for (const [name, input] of [['pod.yaml'], ['.'], ['-', privilegedPod]] as const) {
        const args = ['scantling', 'scan', '-f', name, '-R', '-c', 'privileged-container', '-q'];
        const { err, out, status } = kubectl(args, input);
        assert.equal(status, 1, err);
        assert.match(out, /^privileged-container +critical/m);
      }
    });

    test('speaks of itself as it was called', () => {
      assert.match(kubectl(['scantling', '--help']).out, /^Usage: kubectl scantling COMMAND/m);
      const { out } = kubectl(['scantling', 'scan', '--help']);
      assert.match(out, /^Usage: kubectl scantling scan /m);
      assert.match(out, /^ {2}helm template .* \| kubectl scantling scan -$/m);
      const { err, status } = kubectl(['scantling', 'scna']);
      assert.equal(status, 2);
      assert.match(err, /^kubectl scantling --help shows how it is called$/m);
    });

    test('is completed by kubectl', () => {
      const complete = (...words: string[]) => kubectl(['__complete', 'scantling', ...words]).out;
      assert.match(complete('sca'), /^scan\tjudge manifests\n:4\n$/);
      assert.match(complete('scan', '--profile', 'pss-b'), /^pss-baseline\t.*\n:6\n$/);
      assert.equal(complete('scan', '-f', 'po'), ':0\n');
    });
  });
}
