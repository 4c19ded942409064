import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Manifest } from '../collect/manifests.ts';
import { LocatedFinding, Places } from './located.ts';
import {
  type Explain,
  failingBy,
  joined,
  ManifestVerdicts,
  type Standing,
  traitsOf,
  unjudged,
} from './manifest-verdicts.ts';
import type { Rule } from './ruleset.ts';

const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, severity: 'high' }) as Rule) as [Rule, Rule, Rule];
const places = new Places();
const traits = traitsOf({ problems: [], mayBeSuppressed: false, hasOwner: false });

function manifest(name: string): Manifest {
  const reference = { apiVersion: 'v1', kind: 'Pod', namespace: '', name };
  return { reference, value: {}, origin: { file: 'a.yaml', document: 0, path: [] }, source: {} } as never;
}

/** Two findings of each failure, counted. */
function explaining(): { readonly explain: Explain; readonly asked: string[] } {
  const asked: string[] = [];
  const explain: Explain = (of, { id }) => {
    asked.push(`${of.reference.name} ${id}`);
    return ['x', 'y'].map((at) => finding(of, id, at));
  };
  return { explain, asked };
}

function finding(of: Manifest, control: string, at: string): LocatedFinding {
  const said = { severity: 'high', verdict: 'fail', message: '', reason: '' } as const;
  return new LocatedFinding({ ...said, control, manifest: of, at: [at] }, places);
}

function standing(rules: readonly Rule[], explain: Explain, more: Partial<Standing> = {}): Standing {
  const verdicts = { pass: 0, fail: rules.length, 'not-applicable': 0, unknown: 0, error: 0 };
  return { verdicts, judgedBy: rules, failing: failingBy(rules, explain), remarks: [], ...more };
}

const ids = (of: readonly { readonly control: string }[]): string[] => of.map(({ control }) => control);

test('what is the same of two manifests is shared, and counting works nothing out', () => {
  const { asked, explain } = explaining();
  const both = standing([a, b], explain);
  const [one, two] = [manifest('one'), manifest('two')].map(
    (of) => new ManifestVerdicts(of, traits, both, []),
  );
  assert.equal(one!.counting, two!.counting);
  assert.equal(one!.failing, two!.failing);
  assert.deepEqual(ids(one!.countingFailures), ['a', 'b']);
  assert.deepEqual(asked, []);
});

test('findings are worked out once for all views of a failure, and not kept for who only looks', () => {
  const { asked, explain } = explaining();
  const one = new ManifestVerdicts(manifest('one'), traits, standing([a], explain), []);
  assert.equal(one.failures[0]!.look().length, 2);
  const { findings } = one.failures[0]!;
  assert.equal(one.failures[0]!.findings, findings);
  assert.equal(one.failures[0]!.look(), findings);
  assert.deepEqual(asked, ['one a', 'one a']);
});

test('findings that nobody has looked at can be left out by their places', () => {
  const { asked, explain } = explaining();
  const [one, two] = [manifest('one'), manifest('two')].map(
    (of) => new ManifestVerdicts(of, traits, standing([a, b], explain), []),
  );
  one!.failures[0]!.leaveOut(['x']);
  assert.deepEqual(asked, []);
  const paths = ({ failures }: ManifestVerdicts): string[][] =>
    failures.map(({ findings }) => findings.map(({ path }) => path));
  assert.deepEqual(paths(one!), [['y'], ['x', 'y']]);
  assert.deepEqual(paths(two!), [
    ['x', 'y'],
    ['x', 'y'],
  ]);
  assert.deepEqual(one!.counting, [a, b]);
});

test('a failure is suppressed with all of its findings, and of this manifest only', () => {
  const { explain } = explaining();
  const both = standing([a, b], explain);
  const [one, two] = [manifest('one'), manifest('two')].map(
    (of) => new ManifestVerdicts(of, traits, both, []),
  );
  const [first, second] = one!.failures[0]!.findings;
  first!.suppression = { by: 'annotation', reason: 'known' };
  assert.deepEqual(one!.counting, [a, b]);
  second!.suppression = { by: 'annotation', reason: 'known' };
  assert.deepEqual(one!.counting, [b]);
  assert.deepEqual(ids(one!.countingFailures), ['b']);
  assert.ok(one!.failures[0]!.isSuppressed);
  assert.deepEqual(two!.counting, [a, b]);
});

test('what is left of the same failures is shared again', () => {
  const { explain } = explaining();
  const all = standing([a, b, c], explain);
  const [one, two] = [manifest('one'), manifest('two')].map(
    (of) => new ManifestVerdicts(of, traits, all, []),
  );
  for (const each of [one!, two!]) each.retain(({ control }) => control !== 'b');
  assert.deepEqual(ids(one!.failures), ['a', 'c']);
  assert.equal(one!.failing, two!.failing);
  one!.retain(() => true);
  assert.equal(one!.failing, two!.failing);
  one!.retain(() => false);
  assert.deepEqual([one!.failures, ids(two!.failures)], [[], ['a', 'c']]);
});

test('findings that are left out stay out', () => {
  const { explain } = explaining();
  const one = new ManifestVerdicts(manifest('one'), traits, standing([a, b], explain), []);
  one.retain((failure) => failure.keep(({ path }) => failure.control === 'b' && path === 'y'));
  assert.deepEqual(ids(one.failures), ['b']);
  assert.deepEqual(
    one.failures[0]!.findings.map(({ path }) => path),
    ['y'],
  );
});

test('what is implied is no failure any more, and keeps its findings', () => {
  const { explain } = explaining();
  const one = new ManifestVerdicts(manifest('one'), traits, standing([a, b], explain), []);
  const { findings } = one.failures[1]!;
  one.imply([one.failures.findIndex(({ control }) => control === 'b')]);
  assert.deepEqual([ids(one.failures), ids(one.implied)], [['a'], ['b']]);
  assert.equal(one.implied[0]!.findings, findings);
});

test('each failure is explained by what came with it', () => {
  const [first, second] = [explaining(), explaining()];
  const before = standing([a], first.explain);
  const one = new ManifestVerdicts(manifest('one'), traits, before, []);
  one.become({ ...before, failing: joined(before.failing, [b], second.explain) });
  for (const failure of one.failures) failure.look();
  assert.deepEqual([first.asked, second.asked], [['one a'], ['one b']]);
  assert.equal(joined(before.failing, [], second.explain), before.failing);
});

test('remarks that are shared stand behind those on one manifest, and are made for it', () => {
  const { explain } = explaining();
  const remark = {
    control: 'b',
    verdict: 'unknown',
    reason: 'elsewhere',
    about: (of: Manifest) => finding(of, 'b', 'z'),
  } as const;
  const of = manifest('one');
  const one = new ManifestVerdicts(of, traits, standing([], explain, { remarks: [remark] }), [
    finding(of, 'a', 'x'),
  ]);
  assert.deepEqual(
    [ids(one.remarks), ids(one.others)],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  );
  assert.equal(one.others[1]!.manifest, of);
});

test('manifests without problems share their traits; nothing is said of what was not judged', () => {
  const problem = { file: 'a.yaml', line: 1, column: 1, severity: 'warning', reason: 'odd' } as const;
  const plain = { problems: [], mayBeSuppressed: true, hasOwner: false };
  assert.equal(traitsOf(plain), traitsOf({ ...plain, problems: [] }));
  assert.deepEqual(traitsOf(plain), plain);
  assert.deepEqual(traitsOf({ ...plain, problems: [problem] }).problems, [problem]);
  const { failures, judgedBy, others, traits: own } = unjudged(manifest('one'));
  assert.deepEqual([failures, judgedBy, others, own.problems], [[], [], [], []]);
});
