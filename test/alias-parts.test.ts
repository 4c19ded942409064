import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { expandCase, readCases } from '../src/catalogue/case.ts';
import type { Control } from '../src/catalogue/control.ts';
import { checkout, checkoutCatalogue, readYaml } from '../src/catalogue/load.ts';
import type { Finding, Report } from '../src/model/finding.ts';
import type { JsonObject } from '../src/model/object.ts';
import { idsAs } from '../src/report/ids-as.ts';
import { project, run, scanJson } from './golden/program.ts';

/** What other tools judge and our controls do not: their ids find the control and are never shown for these kinds. */
const judgedElsewhere = ['Namespace', 'PodSecurityPolicy'];

/** The inputs that a control's failing cases stand for: all objects at once where it judges each by itself. */
function failingInputs(control: Control): readonly (readonly JsonObject[])[] {
  const { cases } = readCases(readYaml(path.join(checkout, 'controls', control.id, 'tests.yaml'), []));
  const failing = cases.filter(({ expect }) => expect === 'fail');
  if (control.derivation !== undefined) return failing.map(({ objects = [] }) => objects);
  return [failing.flatMap((one) => expandCase(one).map(({ object }) => object))];
}

for (const control of checkoutCatalogue().controls.values()) {
  const { aliases, aliasParts, id } = control;
  if (aliasParts === undefined) continue;
  test(`the parts of ${id} are told apart: its cases fail with every id of other tools, and not always`, async (context) => {
    const shown = new Map<string, number>();
    const report = { controls: { [id]: control } } as unknown as Report;
    let count = 0;
    for (const [index, items] of failingInputs(control).entries()) {
      const name = `${index}.json`;
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const scan = await scanJson(['-c', id, '--complete', name], {
        cwd: project(context, { [name]: list }),
      });
      for (const finding of scan.report.findings as unknown as readonly Finding[]) {
        if (finding.verdict !== 'fail') continue;
        count++;
        for (const tool of Object.keys(aliases))
          for (const one of idsAs(report, finding, tool)) shown.set(one, (shown.get(one) ?? 0) + 1);
      }
    }
    const parts = aliasParts.filter(
      ({ kinds }) => kinds?.some((kind) => judgedElsewhere.includes(kind)) !== true,
    );
    for (const one of parts.flatMap(({ ids }) => ids)) assert.ok(shown.has(one), `${one} is never shown`);
    for (const one of aliasParts.flatMap(({ ids }) => ids))
      assert.ok((shown.get(one) ?? 0) < count, `${one} is shown for all of ${count}`);
  });
}

test('reports show the ids of what failed alone', async (context) => {
  const pod = (name: string, spec: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {${spec}, containers: [{name: c, image: "a:1"}]}\n`;
  const cwd = project(context, {
    'pods.yaml': `${pod('a', 'hostPID: true')}---\n${pod('b', 'hostIPC: true')}`,
  });
  const args = ['scan', '-c', 'host-namespaces', '--as', 'trivy'];
  const text = await run([...args, 'pods.yaml'], { cwd });
  assert.match(text.out, /^host-namespaces \(KSV-0008, KSV-0010\) /m);
  const { report } = await scanJson([...args.slice(1), 'pods.yaml'], { cwd });
  const ids = report.findings.map((finding) => (finding as unknown as { as: readonly string[] }).as);
  assert.deepEqual(ids, [['KSV-0010'], ['KSV-0008']]);
  assert.ok(!('aliasParts' in report.controls['host-namespaces']!));
  const html = await run([...args, '-o', 'html', 'pods.yaml'], { cwd });
  assert.match(html.out, /<\/bdi> \(KSV-0008, KSV-0010\)/);
});
