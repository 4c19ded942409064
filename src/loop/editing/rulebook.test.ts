import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogue, folderOf, today } from './editing.fixture.ts';
import { Rulebook } from './rulebook.ts';

const bookOf = (over: Partial<ConstructorParameters<typeof Rulebook>[0]> = {}): Rulebook =>
  new Rulebook({
    catalogue,
    profiles: undefined,
    version: undefined,
    config: undefined,
    readBytes: (absolute) => readFileSync(absolute),
    ...over,
  });

test('the nearest configuration counts, with its sections', (context) => {
  const folder = folderOf(context, {
    '.scantling.yaml':
      'profile: pss-restricted\nkubernetesVersion: "1.31"\nexclude: [vendor]\npaths: [{match: "old/**", profile: essentials}]\n',
    'deep/.scantling.yaml': 'profile: pss-baseline\n',
  });
  const book = bookOf();
  const names = (file: string): readonly string[] => [...book.for(`${folder}/${file}`).ruleset.named.keys()];
  assert.ok(names('a.yaml').includes('privilege-escalation'));
  assert.equal(book.for(`${folder}/a.yaml`).version, 31);
  assert.ok(!names('deep/a.yaml').includes('privilege-escalation'));
  assert.deepEqual(names('old/a.yaml'), names('old/b/a.yaml'));
  assert.notDeepEqual(names('old/a.yaml'), names('a.yaml'));
  assert.deepEqual(
    ['vendor/a.yaml', 'a/vendor/b.yaml', 'vendors/a.yaml'].map(
      (file) => book.for(`${folder}/${file}`).isExcluded,
    ),
    [true, true, false],
  );
  assert.deepEqual(book.problems, []);
});

test('what was said at the start wins', (context) => {
  const folder = folderOf(context, {
    '.scantling.yaml': 'profile: essentials\nkubernetesVersion: "1.31"\n',
    'other.yaml': 'exclude: ["*.yaml"]\n',
  });
  const { ruleset, version } = bookOf({ profiles: ['pss-restricted'], version: 34 }).for(`${folder}/a.yaml`);
  assert.ok(ruleset.named.has('privilege-escalation'));
  assert.equal(version, 34);
  assert.equal(bookOf({ config: `${folder}/other.yaml` }).for(`${folder}/a.yaml`).isExcluded, true);
});

test('a text that was never saved is judged by what runs when nobody says anything', () => {
  assert.ok(bookOf().for(undefined).ruleset.named.has('privileged-container'));
});

test('configurations are read as they are being edited', (context) => {
  const folder = folderOf(context, { '.scantling.yaml': 'profile: essentials\n' });
  const book = bookOf({
    readBytes: () => Buffer.from('profil: essentials\nseverity: {privileged-containers: off}\n'),
  });
  book.for(`${folder}/a.yaml`);
  assert.deepEqual(
    book
      .problemsOf(`${folder}/.scantling.yaml`, today)
      .map(
        ({ column, file, line, reason }) =>
          `${file === `${folder}/.scantling.yaml`} ${line}:${column} ${reason}`,
      ),
    [
      'true 1:1 unknown key "profil"; did you mean "profile"?',
      'true 2:12 there is no control "privileged-containers"; did you mean "privileged-container"?',
    ],
  );
});

test('policies of a configuration are rules, and what is wrong with them is told', (context) => {
  const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: own-rule}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "object.metadata.name.startsWith('shop')"}]
`;
  const folder = folderOf(context, {
    '.scantling.yaml': 'policy: policies\n',
    'policies/own.yaml': policy,
    'broken/.scantling.yaml': 'policy: [missing]\n',
  });
  const book = bookOf();
  assert.equal(book.usesPolicies, false);
  assert.ok(book.for(`${folder}/a.yaml`).ruleset.named.has('own-rule'));
  assert.equal(book.usesPolicies, true);
  assert.deepEqual(
    book.problems.map(({ severity }) => severity),
    ['warning'],
  );
  book.for(`${folder}/broken/a.yaml`);
  assert.ok(
    book.problems.some(
      ({ file, severity }) => severity === 'error' && file.startsWith(`${folder}/broken/missing`),
    ),
  );
});

test('exceptions that have ended are told of in the configuration', (context) => {
  const exception = (until: string): string =>
    `- {controls: [privileged-container], reason: agreed, until: "${until}"}\n`;
  const folder = folderOf(context, {
    '.scantling.yaml': `exceptions:\n${exception('2026-11-22')}${exception('2026-11-21')}`,
  });
  assert.deepEqual(
    bookOf()
      .problemsOf(`${folder}/.scantling.yaml`, today)
      .map(({ line, reason }) => `${line} ${reason}`),
    ['3 this exception does not count: it expired on 2026-11-21'],
  );
});
