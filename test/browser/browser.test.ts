import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { build } from 'esbuild';
import { buildLibrary } from '../../scripts/build-library.ts';
import * as cel from '../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes/environment.ts';
import { answersTo, type Questions } from './answers.ts';
import { findChromium } from './chromium.ts';
import type { PageAnswer } from './page.ts';
import { answerOf } from './page-server.ts';

const root = path.join(import.meta.dirname, '../..');

/** Expressions of cel-spec that need no variables, those of the comparison with the API server, and a few on an object. */
function expressions(): string[] {
  const found: string[] = [];
  const visit = ({ suites, tests }: IncrementalTestSuite): void => {
    for (const { original } of tests) {
      if (Object.keys(original.bindings).length === 0 && original.container === '') found.push(original.expr);
    }
    suites.forEach(visit);
  };
  getConformanceSuite().suites.forEach(visit);
  const compared = readFileSync(path.join(root, 'test/kube/expressions.txt'), 'utf8').split('\n');
  found.push(...compared.filter((line) => line !== '' && !line.startsWith('#')));
  return [...new Set(found), ...onObject];
}

const onObject = [
  'object.spec.containers.all(c, c.image.startsWith("registry.example.com/"))',
  'object.spec.containers.map(c, c.?securityContext.privileged.orValue(false))',
  'object.spec.containers.exists(c, c.missing == 1) || params.x == 2',
  'object.spec.containers.filter(c, c.name.matches("^[a-z]+$")).size() == params.size',
  'quantity(object.spec.containers[0].resources.limits.memory).isGreaterThan(quantity("1Gi"))',
  'timestamp("2024-06-01T00:00:00Z").getHours("Europe/Berlin") + timestamp("2024-01-01T00:00:00Z").getHours("US/Pacific")',
  'object.__proto__ == 1 || object.constructor == 2 || has(object.toString)',
  '[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, true))))))',
];

const object = {
  metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'shop' } },
  spec: {
    replicas: 3,
    containers: [
      { name: 'web', image: 'registry.example.com/web:1', resources: { limits: { memory: '2Gi' } } },
      { name: 'proxy', image: 'example.com/proxy:2', securityContext: { privileged: true } },
    ],
  },
};

const questions: Questions = {
  expressions: expressions(),
  object,
  examples: ['/examples/library/cel.js', '/examples/library/policy.js'],
};

/** What the examples print here, in the same form. */
async function printedHere(): Promise<Record<string, string[]>> {
  const printed: Record<string, string[]> = {};
  const log = console.log;
  for (const example of questions.examples) {
    const lines: string[] = (printed[example] = []);
    console.log = (...words: unknown[]) => lines.push(JSON.stringify(words));
    await import(path.join(root, example));
  }
  console.log = log;
  return printed;
}

const chromium = await findChromium();

if (chromium === undefined) {
  console.warn('SKIPPED, NOT PROVED: there is no Chromium; CHROMIUM names one');
  test('the bundles in a real Chromium', { skip: 'there is no Chromium' });
} else {
  describe('the bundles in a real Chromium', () => {
    let built = '';
    let script = '';
    let here: readonly string[] = [];
    let printed: Record<string, string[]> = {};

    before(async () => {
      built = mkdtempSync(path.join(tmpdir(), 'scantling-browser-'));
      await buildLibrary(built);
      const page = path.join(import.meta.dirname, 'page.ts');
      const bundled = await build({
        entryPoints: [page],
        bundle: true,
        format: 'esm',
        target: 'es2022',
        external: ['/browser/*'],
        write: false,
      });
      script = bundled.outputFiles[0]!.text;
      here = answersTo(questions, { ...cel, kubernetesEnvironment });
      printed = await printedHere();
    });

    after(() => rmSync(built, { recursive: true, force: true }));

    const open = (allowsEval: boolean): Promise<PageAnswer> =>
      answerOf<PageAnswer>(chromium, { built, script, allowsEval, questions });

    function same(answer: PageAnswer): void {
      assert.equal(answer.problem, '');
      assert.equal(answer.answers.length, here.length);
      for (const [i, text] of questions.expressions.entries()) assert.equal(answer.answers[i], here[i], text);
      assert.deepEqual(answer.printed, printed);
    }

    test('the questions are many, and few of them are refused', () => {
      const refused = here.filter((answer) => answer.startsWith('refused')).length;
      console.log(`${here.length} expressions in 3 back ends, ${refused} of them do not compile`);
      assert.ok(here.length > 700 && refused < here.length / 2);
    });

    test('under a policy that forbids code from text: closures, the same answers', async () => {
      const answer = await open(false);
      same(answer);
      assert.equal(answer.made, 0);
      assert.ok(answer.refused > 0);
    });

    test('where code from text is allowed: generated JavaScript, the same answers', async () => {
      const answer = await open(true);
      same(answer);
      assert.equal(answer.refused, 0);
      assert.ok(answer.made > here.length / 2, `${answer.made} pieces of code`);
    });
  });
}
