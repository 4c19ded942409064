import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverCredentials, coverLine } from './credentials.ts';

const covers: readonly [line: string, secret: string, above?: string][] = [
  ['  DB_PASSWORD: hunter2', 'hunter2'],
  ['  db.password=hunter2', 'hunter2'],
  ['"apiKey": "a b, c"', 'a b, c'],
  ["client_secret: 'x y'", 'x y'],
  ['  token: abcdef', 'abcdef'],
  ['- --password=hunter2', 'hunter2'],
  ['- mysql --admin-password hunter2 -h db', 'hunter2'],
  ['- {name: API_TOKEN, value: hunter2}', 'hunter2'],
  ['[{"name":"DB_PASSWORD","value":"hunter2"},', 'hunter2'],
  ['value: hunter2', 'hunter2', '  - name: "DB_PASSWORD"'],
  ['"value": "hunter2"', 'hunter2', '  "name": "DB_PASSWORD",'],
  ['value: postgres://user:hunter2@db/x', 'hunter2'],
  ['    secret: c2VjcmV0IGlzIHNlY3VyZQ==', 'c2VjcmV0IGlzIHNlY3VyZQ=='],
  ['aws: AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  [`args: [ghp_${'a1'.repeat(18)}]`, `ghp_${'a1'.repeat(18)}`],
  ['{"data":{"one":"dGhl"},"kind":"Secret"}', '"one":"dGhl"'],
];

for (const [line, secret, above] of covers) {
  test(`covered: ${line}`, () => {
    const covered = coverCredentials(line, above);
    assert.equal(covered, line.replace(secret, '•'.repeat(secret.length)));
    assert.equal(coverCredentials(covered, above), covered);
  });
}

const stays: readonly [line: string, above?: string][] = [
  ['automountServiceAccountToken: false'],
  ['- --token-auth-file=/etc/tokens.csv'],
  ['- --service-account-private-key-file=/etc/sa.key'],
  ['secretName: database'],
  ['secretKeyRef: {name: database, key: password}'],
  ['password: ""'],
  ['passwordSecretRef: database'],
  ['password: ${DB_PASSWORD}'],
  ['password: {{ .Values.password }}'],
  ['bearer_token: true'],
  ['image: registry.example.com/web:1.2.3@sha256:0123456789abcdef0123456789abcdef'],
  ['value: https://example.com/path'],
  ['value: production', '- name: STAGE'],
  ['data: {one: two}'],
  ['imagePullSecrets: [{name: pull-secret}]'],
];

for (const [line, above] of stays) {
  test(`not covered: ${line}`, () => assert.equal(coverCredentials(line, above), line));
}

test('beside a Secret in one line only the span is shown', () => {
  const pod = '{"kind":"Pod","spec":{"hostPID":true}}';
  const secret = '{"data":{"a":"dGhlIHZhbHVl"},"kind":"Secret"}';
  for (const line of [`[${secret},${pod}]`, `[${pod},${secret}]`]) {
    const from = line.indexOf('"hostPID"');
    const covered = coverLine(line, from, from + '"hostPID":true'.length);
    assert.equal(covered.text.length, line.length);
    assert.match(covered.text, /^•+"hostPID":true•+$/);
  }
  const alone = `[${pod},${pod}]`;
  assert.deepEqual(coverLine(alone, 2, 8), { text: alone, from: 2, to: 8 });
});

test('a line of a megabyte costs no more than what is near the span', () => {
  const line = `${'{"a":"b"},'.repeat(100_000)}"privileged":true${',"password":"hunter2"'.repeat(50_000)}`;
  const from = line.indexOf('"privileged"');
  const start = performance.now();
  for (let i = 0; i < 200; i++) {
    const { text, ...span } = coverLine(line, from, from + 17);
    assert.equal(text.slice(span.from, span.to), '"privileged":true');
    assert.ok(text.length < 5000 && !text.includes('hunter2'));
  }
  assert.ok(performance.now() - start < 2000);
});

test('hostile lines take no time: each form looks at a character a bounded number of times', () => {
  for (const part of [
    'password',
    'a:',
    'a://',
    '--',
    'name: ',
    'eyJ',
    'data:{',
    '-password ',
    '"',
    '_secret=',
  ]) {
    const start = performance.now();
    coverCredentials(part.repeat(2000));
    assert.ok(performance.now() - start < 500, part);
  }
});
