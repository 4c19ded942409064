import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { align } from '../../src/collect/render/alignment.ts';
import { templateLines } from '../../src/collect/render/template.ts';
import { run, type Run } from '../golden/program.ts';
import { assetPath, missingAssets, skippedTest } from './assets.ts';
import { markTemplates, readMarks } from './marked-templates.ts';

const fixtures = path.join(import.meta.dirname, '../golden/fixtures');
const name = 'rendering with the real Helm and Kustomize';
const missing = missingAssets('helm', 'kubectl');

if (missing === undefined) suite();
else skippedTest(name, missing);

function suite(): void {
  const helm = assetPath('helm');
  const env = { PATH: '', SCANTLING_HELM: helm, SCANTLING_KUBECTL: assetPath('kubectl') };
  const scan = (cwd: string, ...more: string[]): Promise<Run> => run(['scan', '.', ...more], { cwd, env });

  const temporary = (context: TestContext): string => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'scantling-real-')));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  const write = (root: string, files: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
  };

  describe(name, () => {
    test('they do what the golden outputs were made with', async () => {
      const real = await run(['scan', 'rendering', '--all'], { cwd: fixtures, env });
      const golden = readFileSync(path.join(fixtures, '../outputs/rendering-all.golden.txt'), 'utf8');
      const timeless = (text: string): string => text.replace(/; [\d.]+ s$/gm, '');
      assert.ok(timeless(golden).includes(timeless(real.out)), real.out);
    });

    test('the lines of a chart come from where Helm says', (context) => {
      const root = temporary(context);
      execFileSync(helm, ['create', 'web'], { cwd: root, stdio: 'pipe' });
      write(root, {
        'more.yaml':
          'ingress: {enabled: true}\nautoscaling: {enabled: true}\nvolumes: [{name: a, emptyDir: {}}]\nvolumeMounts: [{name: a, mountPath: /a}]\nsecurityContext: {privileged: true, capabilities: {drop: [ALL]}}\npodLabels: {a: b}\ntolerations: [{key: a}]\n',
      });
      const original = path.join(root, 'original');
      cpSync(path.join(root, 'web'), original, { recursive: true });
      markTemplates(path.join(root, 'web'));
      const output = execFileSync(helm, ['template', 'web', 'web', '-f', 'more.yaml'], {
        cwd: root,
      }).toString();
      let known = 0;
      const wrong: string[] = [];
      for (const document of output.split(/^---\n/m)) {
        const source = /^# Source: web\/(.*)$/m.exec(document)?.[1];
        if (source === undefined) continue;
        const text = readFileSync(path.join(original, source), 'utf8');
        const { rendered, truth } = readMarks(document, text);
        const template = templateLines(text);
        const matches = align(rendered, template)!;
        for (const [i, line] of truth.entries()) {
          if (line === undefined) continue;
          known++;
          const match = matches[i];
          const found = match === undefined ? undefined : template[match.index]!.line;
          if (found !== line) wrong.push(`${source}: ${rendered[i]!.text}: ${found}, not ${line}`);
        }
      }
      assert.ok(known > 120, `${known} lines`);
      assert.ok(wrong.length <= known / 50, wrong.join('\n'));
    });

    test('no cluster, no repository and no network is asked', async (context) => {
      const root = temporary(context);
      const pod =
        'apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: c, image: x}]}\n';
      write(root, {
        'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
        'a/templates/pod.yaml': pod.replace('NAME', '{{ (lookup "v1" "Namespace" "" "default") | len }}x'),
        'b/Chart.yaml':
          'apiVersion: v2\nname: b\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, repository: "https://charts.example.com"}\n',
        'b/templates/pod.yaml': pod.replace('NAME', 'b'),
        'c/kustomization.yaml': 'namePrefix: c-\nresources: [pod.yaml]\n',
        'c/pod.yaml': pod.replace('NAME', 'pod'),
        'd/kustomization.yaml': 'resources: ["https://example.com/x.yaml"]\n',
        'e/Chart.yaml': 'apiVersion: v2\nname: e\nversion: 1.0.0\ntype: library\n',
        'e/templates/_x.tpl': '{{ define "x" }}{{ end }}\n',
        'e/values.yaml': 'a: 1\n',
      });
      const { out } = await scan(root, '-o', 'json', '-c', 'privileged-container', '--show', 'all');
      const report = JSON.parse(out) as {
        findings: { object: { name: string } }[];
        problems: { file: string; line: number; reason: string }[];
        coverage: { renderingNeeded: string[] };
      };
      assert.deepEqual(report.findings.map(({ object }) => object.name).sort(), ['0x', 'c-pod']);
      const said = report.problems.map(({ file, line, reason }) => `${file}:${line} ${reason}`);
      assert.match(
        said[0]!,
        /^b\/Chart.yaml:4 the chart is not rendered: it depends on charts that are not in charts\/ \(db\)/,
      );
      assert.match(said[1]!, /^d\/kustomization.yaml:1 the kustomization is not rendered: https:/);
      assert.match(said[2]!, /^e\/Chart.yaml:4 a library chart/);
      assert.deepEqual(report.coverage.renderingNeeded, ['b', 'd']);
    });

    test('Kustomize says where objects came from: patches, components, generators, prefixes', async (context) => {
      const root = temporary(context);
      write(root, {
        'base/kustomization.yaml': 'resources: [all.yaml]\n',
        'base/all.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec:\n  containers:\n  - name: api\n    image: api:1\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: api-worker}\nspec:\n  containers:\n  - name: worker\n    image: worker:1\n',
        'debug/kustomization.yaml':
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: patch.yaml\n  target: {kind: Pod, name: api-worker}\n',
        'debug/patch.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: any}\nspec:\n  hostPID: true\n',
        'prod/kustomization.yaml':
          'resources: [../base]\ncomponents: [../debug]\nnamePrefix: prod-\nnameSuffix: -eu\nreplacements: []\n',
      });
      const { out } = await scan(root, '-o', 'json', '-c', 'host-namespaces,mutable-container-file-system');
      const { findings } = JSON.parse(out) as {
        findings: { object: { name: string }; location: { file: string; line: number } }[];
      };
      assert.deepEqual(
        findings.map(({ location, object }) => `${object.name} ${location.file}:${location.line}`).sort(),
        [
          'prod-api-eu base/all.yaml:6',
          'prod-api-worker-eu base/all.yaml:14',
          'prod-api-worker-eu debug/patch.yaml:5',
        ],
      );
      assert.ok(existsSync(path.join(root, 'prod/kustomization.yaml')));
    });
  });
}
