import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../model/object.ts';
import { readDocuments } from '../../yaml/index.ts';
import { applicationsOf } from './application-set.ts';
import { type GeneratorReading, parametersOf } from './generators.ts';
import { Repository } from './repository.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scantling-generators-'));
  for (const folder of [
    'apps/Web_Shop/base',
    'apps/db',
    'apps/.hidden',
    '.git/apps/x',
    'clusters/eu/one',
    'other',
  ])
    mkdirSync(path.join(root, folder), { recursive: true });
  const files = {
    'clusters/eu/one/config.json': '{"cluster": {"name": "one", "zones": ["a", "b"]}, "size": 3}',
    'clusters/eu/list.yaml': '- {cluster: {name: l1}}\n- {cluster: {name: l2}}\n',
    'clusters/broken.yaml': 'a: [\n',
    '.git/config.json': '{}',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text);
  symlinkSync(root, path.join(root, 'apps/loop'));
});
after(() => rmSync(root, { recursive: true, force: true }));

const parsed = (yaml: string): JsonObject => [...readDocuments(yaml)][0]!.value as unknown as JsonObject;

const made = (yaml: string, isGo = true): GeneratorReading =>
  parametersOf(parsed(yaml), { repository: new Repository(root), isGo });

/** One parameter of each that is made. */
const each = (yaml: string, key: string, isGo = false): readonly (Json | undefined)[] | string => {
  const all = made(yaml, isGo);
  return typeof all === 'string' ? all : all.map((one) => one[key]);
};

test('folders of the repository, with and without Go templates', () => {
  assert.deepEqual(each('git: {directories: [{path: apps/*}]}', 'path'), ['apps/Web_Shop', 'apps/db']);
  assert.deepEqual(made('git: {directories: [{path: apps/Web*}]}'), [
    {
      path: {
        path: 'apps/Web_Shop',
        basename: 'Web_Shop',
        basenameNormalized: 'web-shop',
        segments: ['apps', 'Web_Shop'],
      },
    },
  ]);
  assert.deepEqual(made('git: {directories: [{path: apps/Web*}], pathParamPrefix: p}', false), [
    {
      'p.path': 'apps/Web_Shop',
      'p.path.basename': 'Web_Shop',
      'p.path.basenameNormalized': 'web-shop',
      'p.path[0]': 'apps',
      'p.path[1]': 'Web_Shop',
    },
  ]);
  assert.deepEqual(each('git: {directories: [{path: apps/*}, {path: apps/d?, exclude: true}]}', 'path'), [
    'apps/Web_Shop',
  ]);
  assert.deepEqual(each('git: {directories: [{path: "*/*/*"}]}', 'path'), [
    'apps/Web_Shop/base',
    'clusters/eu/one',
  ]);
  assert.deepEqual(each('git: {directories: [{path: "apps/[!W]*"}]}', 'path'), ['apps/db']);
});

test('what files of the repository say', () => {
  const [one] = made('git: {files: [{path: "clusters/**/config.json"}]}') as JsonObject[];
  assert.deepEqual(one, {
    cluster: { name: 'one', zones: ['a', 'b'] },
    size: 3,
    path: {
      path: 'clusters/eu/one',
      basename: 'one',
      basenameNormalized: 'one',
      filename: 'config.json',
      filenameNormalized: 'config.json',
      segments: ['clusters', 'eu', 'one'],
    },
  });
  assert.deepEqual(each('git: {files: [{path: clusters/eu}]}', 'cluster.name'), ['l1', 'l2', 'one']);
  assert.deepEqual(each('git: {files: [{path: "clusters/*.json"}]}', 'cluster.zones.1'), ['b']);
  assert.deepEqual(each('git: {files: [{path: clusters/eu/list.yaml}]}', 'path'), [
    'clusters/eu',
    'clusters/eu',
  ]);
  assert.equal(
    made('git: {files: [{path: clusters}]}'),
    'its git generator cannot read clusters/broken.yaml',
  );
  assert.equal(made('git: {files: [{path: .git}]}'), 'its git generator finds nothing here for .git');
  assert.equal(
    made('git: {directories: [{path: nowhere/*}, {path: "[a"}]}'),
    'its git generator finds nothing here for nowhere/*, [a',
  );
});

test('values of a git generator are filled in too', () => {
  const [one] = made(
    'git: {directories: [{path: apps/db}], values: {name: "db-{{path[0]}}"}}',
    false,
  ) as JsonObject[];
  assert.equal(one!['values.name'], 'db-apps');
  const [go] = made(
    'git: {directories: [{path: apps/db}], values: {name: "{{index .path.segments 1}}"}}',
  ) as JsonObject[];
  assert.deepEqual(go!['values'], { name: 'db' });
  assert.match(
    made('git: {directories: [{path: apps/db}], values: {n: "{{.no}}"}}') as string,
    /nothing for \{\{\.no\}\}/,
  );
});

test('a matrix is every pair, the second with the parameters of the first', () => {
  const pairs = made(
    'matrix: {generators: [{git: {directories: [{path: apps/*}]}}, {list: {elements: [{to: "{{path.basename}}-eu"}, {to: us}]}}]}',
    false,
  ) as JsonObject[];
  assert.deepEqual(
    pairs.map((one) => [one['path.basename'], one['to']]),
    [
      ['Web_Shop', 'Web_Shop-eu'],
      ['Web_Shop', 'us'],
      ['db', 'db-eu'],
      ['db', 'us'],
    ],
  );
  const yaml =
    'matrix: {generators: [{git: {files: [{path: clusters/eu/one}]}}, {list: {elementsYaml: "- {zone: {{index .cluster.zones 0}}}"}}]}';
  assert.deepEqual(each(yaml, 'zone', true), ['a']);
  assert.equal(
    made('matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{a: y}]}}]}', false),
    'both generators of its matrix give a',
  );
  assert.match(
    made('matrix: {generators: [{list: {elements: []}}]}') as string,
    /a matrix is of two generators$/,
  );
  assert.match(
    made('matrix: {generators: [{clusters: {}}, {list: {}}]}') as string,
    /of clusters, which Argo CD alone/,
  );
  const many = `{list: {elements: [${Array.from({ length: 101 }, (_, i) => `{x: ${i}}`).join()}]}}`;
  const other = many.replaceAll('{x:', '{y:');
  assert.match(made(`matrix: {generators: [${many}, ${other}]}`) as string, /more than 10000 Applications$/);
});

test('a merge adds to the elements of the first what agrees with them', () => {
  const yaml = `merge:
  mergeKeys: [name]
  generators:
  - list: {elements: [{name: a, size: 1}, {name: b, size: 1}]}
  - list: {elements: [{name: b, size: 2}, {name: c, size: 3}]}
`;
  assert.deepEqual(made(yaml), [
    { name: 'a', size: 1 },
    { name: 'b', size: 2 },
  ]);
  assert.equal(
    made('merge: {mergeKeys: [name], generators: [{list: {elements: [{name: a}, {name: a}]}}, {list: {}}]}'),
    'two elements of its merge have the same name',
  );
});

test('a selector chooses among what was made', () => {
  const list = 'list: {elements: [{name: a, tier: {of: web}}, {name: b, tier: {of: db}}]}';
  assert.deepEqual(each(`{${list}, selector: {matchLabels: {tier.of: db}}}`, 'name'), ['b']);
  const wrong = `{${list}, selector: {matchExpressions: [{key: name, operator: Near}]}}`;
  assert.match(made(wrong) as string, /^the selector of its generator cannot be read: /);
});

test('what only Argo CD knows is said by its name', () => {
  for (const kind of ['clusters', 'scmProvider', 'pullRequest', 'plugin', 'constructor', '__proto__'])
    assert.equal(
      parametersOf(JSON.parse(`{"${kind}": {}}`) as JsonObject, {
        repository: new Repository(root),
        isGo: true,
      }),
      `what its generators make is not known here: of ${kind}, which Argo CD alone can ask`,
    );
  assert.match(
    made('list: {template: {}, elements: []}') as string,
    /one of list with a template of its own$/,
  );
  assert.match(made('{}') as string, /of nothing/);
  assert.equal(made('list: {elements: [x]}'), 'an element of its list is no mapping');
});

test('nested generators are followed as far as Argo CD follows them', () => {
  const inner = 'matrix: {generators: [{list: {elements: [{a: 1}]}}, {list: {elements: [{b: 2}]}}]}';
  assert.deepEqual(made(`matrix: {generators: [{${inner}}, {list: {elements: [{c: 3}]}}]}`), [
    { a: 1, b: 2, c: 3 },
  ]);
  const deep = `matrix: {generators: [{matrix: {generators: [{${inner}}, {list: {}}]}}, {list: {}}]}`;
  assert.match(made(deep) as string, /of matrix, which Argo CD alone can ask$/);
});

test('an ApplicationSet makes an Application of each folder', () => {
  const set = parsed(`spec:
  goTemplate: true
  generators: [{git: {directories: [{path: apps/*}]}}]
  template:
    metadata: {name: '{{.path.basenameNormalized}}'}
    spec: {source: {path: '{{.path.path}}'}}
`);
  const all = applicationsOf(set, root);
  assert.ok(typeof all !== 'string');
  assert.deepEqual(
    all.map(({ metadata, spec }) => [metadata, (spec as { template: { spec: unknown } }).template.spec]),
    [
      [{ name: 'web-shop' }, { source: { path: 'apps/Web_Shop' } }],
      [{ name: 'db' }, { source: { path: 'apps/db' } }],
    ],
  );
});
