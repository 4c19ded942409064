import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { privilegedPod, project } from './golden/program.ts';

const neovim = process.env['SCANTLING_NVIM'] ?? 'nvim';
const isHere = spawnSync(neovim, ['--version']).status === 0;
if (!isHere)
  console.warn(
    'SKIPPED: the language server is not tried in Neovim, there is no nvim (SCANTLING_NVIM names one)',
  );

test('Neovim sees, fixes, explains and stops', { skip: !isHere, timeout: 180_000 }, (context) => {
  const folder = project(context, {
    '.scantling.yaml': 'severity: {}\nprofile: essentials\n',
    'pod.yaml': privilegedPod.replace(
      'name: web\n    image: nginx',
      'name: web # 🛒\n    image: k8s.gcr.io/pause:3.9',
    ),
  });
  const program = fileURLToPath(new URL('../bin/scantling.js', import.meta.url));
  const script = fileURLToPath(new URL('neovim.lua', import.meta.url));
  const { stdout, stderr } = spawnSync(neovim, ['--headless', '-u', 'NONE', '-c', `luafile ${script}`], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      SCANTLING: `${process.execPath} --disable-warning=ExperimentalWarning ${program} lsp --stdio --profile all`,
    },
  });
  const said = Object.fromEntries(
    stdout.split('\n').map((line) => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1)]),
  );
  assert.match(said['found'] ?? stderr, /privileged-container 10:6-10:22.* retired-image-registry 8:4-8:31/);
  assert.equal(said['line'], '    image: registry.k8s.io/pause:3.9');
  assert.doesNotMatch(said['fixed']!, /retired-image-registry/);
  assert.match(said['hover']!, /^\*\*privileged-container\*\*/);
  assert.doesNotMatch(said['typed']!, /privileged-container/);
  assert.match(said['typed']!, /run-as-non-root/);
  assert.equal(said['stopped'], 'true');
});
