import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../model/object.ts';
import { parameterComplaints, parameterObject, policyFor, readControl } from './control.ts';

const written = {
  title: 'a thing is bad',
  practice: 11,
  severity: 'high',
  prelude: 'pods',
  why: 'because\n',
  fix: 'mend it',
};
const policy = { kind: 'ValidatingAdmissionPolicy', metadata: { name: 'thing' } };

function read(control: Json, files: JsonObject = {}) {
  const { complaints, control: found } = readControl('thing', {
    'control.yaml': control,
    'policy.yaml': policy,
    ...files,
  });
  return { control: found, reasons: complaints.map(({ reason }) => reason) };
}

test('a small control is read, with nothing where nothing is said', () => {
  const { control, reasons } = read(written);
  assert.deepEqual(reasons, []);
  assert.equal(control.why, 'because', 'the line end of a folded text goes');
  assert.deepEqual(
    [control.frameworks, control.aliases, control.references, control.parameters],
    [{}, {}, [], {}],
  );
  assert.equal(policyFor(control, 30)?.file, 'policy.yaml');
});

test('unknown keys, missing texts and wrong words are complaints', () => {
  const one = (change: JsonObject): string => read({ ...written, ...change }).reasons.join('; ');
  assert.match(one({ tittle: 'x' }), /unknown key "tittle"/);
  assert.match(one({ title: '' }), /"title" is missing/);
  assert.match(one({ severity: 'fatal' }), /"severity" is one of critical/);
  assert.match(one({ practice: 20 }), /"practice" is a number from 1 to 19/);
  assert.match(one({ practice: 1.5 }), /"practice" is a number/);
  assert.match(one({ kubernetes: '1.34' }), /no range of versions/);
  assert.match(one({ aliases: { trivy: 5 } }), /"trivy" is a text or a list/);
  assert.match(read([]).reasons.join('; '), /control\.yaml is no mapping/);
});

test('ids are DNS-1123 labels that leave room for a suffix', () => {
  for (const id of ['Thing', 'a_b', '-a', 'a'.repeat(51)]) {
    const { complaints } = readControl(id, { 'control.yaml': written });
    assert.ok(
      complaints.some(({ reason }) => reason.includes('DNS-1123')),
      id,
    );
  }
});

test('the policy is one of the same name', () => {
  const other = { ...policy, metadata: { name: 'other' } };
  assert.match(
    read(written, { 'policy.yaml': other }).reasons.join(),
    /no ValidatingAdmissionPolicy named thing/,
  );
  assert.match(read(written, { 'policy.yaml': null }).reasons.join(), /policy\.yaml is missing/);
});

test('variants serve their versions, oldest first', () => {
  const variants = [
    { file: 'policy.until-1.30.yaml', until: '1.30' },
    { file: 'policy.until-1.34.yaml', until: '1.34' },
  ];
  const files = { 'policy.until-1.30.yaml': policy, 'policy.until-1.34.yaml': policy };
  const { control, reasons } = read({ ...written, variants, kubernetes: '<=1.36' }, files);
  assert.deepEqual(reasons, []);
  assert.deepEqual(
    [30, 31, 34, 35, 36, 37].map((version) => policyFor(control, version)?.file),
    [
      'policy.until-1.30.yaml',
      'policy.until-1.34.yaml',
      'policy.until-1.34.yaml',
      'policy.yaml',
      'policy.yaml',
      undefined,
    ],
  );
});

test('a variant that is not listed, not there or out of order is a complaint', () => {
  assert.match(
    read(written, { 'policy.until-1.30.yaml': policy }).reasons.join(),
    /policy\.until-1\.30\.yaml is no file of a control/,
  );
  const missing = { ...written, variants: [{ file: 'policy.until-1.30.yaml', until: '1.30' }] };
  assert.match(read(missing).reasons.join(), /policy\.until-1\.30\.yaml is missing/);
  const misnamed = { ...written, variants: [{ file: 'policy.old.yaml', until: '1.30' }] };
  assert.match(read(misnamed).reasons.join(), /a variant is/);
});

test('parameters become a ConfigMap, a list one line an entry; without any there is none', () => {
  const parameters = {
    allowed: { type: 'list', default: [], description: 'd' },
    mode: { type: 'text', default: 'strict', description: 'd' },
  };
  const { control, reasons } = read({ ...written, parameters });
  assert.deepEqual(reasons, []);
  assert.deepEqual(parameterObject(control, { allowed: ['a', 'b'] })?.['data'], {
    allowed: 'a\nb',
    mode: 'strict',
  });
  assert.deepEqual(parameterObject(control, { mode: 'lax' })?.['data'], { mode: 'lax' });
  assert.equal(parameterObject(control, { mode: '' }), undefined);
  const wrong = read({ ...written, parameters: { x: { type: 'number', description: 'd' } } });
  assert.match(wrong.reasons.join(), /"type" is list or text/);
});

test('parameters of another name or type are complaints', () => {
  const parameters = {
    allowed: { type: 'list', default: [], description: 'd' },
    mode: { type: 'text', default: 'strict', description: 'd' },
  };
  const { control } = read({ ...written, parameters });
  const reasonsFor = (values: Json | undefined): string[] =>
    parameterComplaints(control, values).map(({ reason }) => reason);
  assert.deepEqual(reasonsFor(undefined), []);
  assert.deepEqual(reasonsFor({ allowed: ['a'], mode: 'x' }), []);
  assert.deepEqual(reasonsFor({ alowed: ['a'] }), ['thing has no parameter "alowed"; it has allowed, mode']);
  assert.deepEqual(reasonsFor({ allowed: 'a', mode: [] }), [
    '"allowed" is a list of texts',
    '"mode" is a text',
  ]);
  assert.deepEqual(reasonsFor({ allowed: [1], toString: 'x' }), [
    '"allowed" is a list of texts',
    'thing has no parameter "toString"; it has allowed, mode',
  ]);
  assert.deepEqual(reasonsFor([]), ['the parameters of thing are a mapping']);
});

test('a rule on roles may be more severe once somebody has the role', () => {
  const roles = { ...written, prelude: 'roles' };
  const { control, reasons } = read({ ...roles, severityWhenBound: 'critical', impliedBy: ['more'] });
  assert.deepEqual(reasons, []);
  assert.equal(control.severityWhenBound, 'critical');
  assert.deepEqual(control.impliedBy, ['more']);
  for (const severityWhenBound of ['high', 'low', 'worst']) {
    assert.match(read({ ...roles, severityWhenBound }).reasons.join(), /is a severity above "severity"/);
  }
  assert.match(read({ ...written, severityWhenBound: 'critical' }).reasons.join(), /is for rules on roles/);
});

test('ids of parts are among the aliases, and a part says what makes it one', () => {
  const aliases = { peer: ['A', 'B'] };
  const good: Json[] = [
    { ids: ['A'], fields: ['hostPID'] },
    { ids: 'B', kinds: ['Pod'], says: '^x' },
  ];
  const { control, reasons } = read({ ...written, aliases, aliasParts: good });
  assert.deepEqual(reasons, []);
  assert.deepEqual(control.aliasParts, [
    { ids: ['A'], fields: ['hostPID'] },
    { ids: ['B'], kinds: ['Pod'], says: ['^x'] },
  ]);
  assert.equal(read(written).control.aliasParts, undefined);
  const wrong = (part: Json): string => read({ ...written, aliases, aliasParts: [part] }).reasons.join('; ');
  assert.match(wrong({ ids: ['C'], fields: ['x'] }), /"C" is not among the aliases/);
  assert.match(wrong({ fields: ['x'] }), /"ids" is missing/);
  assert.match(wrong({ ids: ['A'] }), /kinds, fields or says/);
  assert.match(wrong({ ids: ['A'], says: ['('] }), /"\(" is no regular expression/);
  assert.match(wrong({ ids: ['A'], path: ['x'] }), /unknown key "path"/);
  assert.match(read({ ...written, aliases, aliasParts: {} }).reasons.join(), /"aliasParts" is a list/);
});
