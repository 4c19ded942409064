import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPullPolicy } from './pull-policy.ts';

const hex = 'a'.repeat(64);

test('latest, written or implied, is always pulled', () => {
  for (const image of [
    'nginx',
    'nginx:latest',
    'library/nginx',
    'registry.example.com/team/web',
    'registry.example.com:5000/web',
    'localhost/web:latest',
    '[::1]:5000/web',
    `nginx:latest@sha256:${hex}`,
  ]) {
    assert.equal(defaultPullPolicy(image), 'Always', image);
  }
});

test('any other tag or a digest is pulled if not present', () => {
  for (const image of ['nginx:1.27', 'a/b/c:v1', 'r.example.com:5000/web:1', `nginx@sha256:${hex}`]) {
    assert.equal(defaultPullPolicy(image), 'IfNotPresent', image);
  }
});

test('so is what is no reference', () => {
  for (const image of [
    '',
    'NGINX',
    'nginx:',
    '{{ .image }}',
    'nginx@sha256:abc',
    `nginx@sha256:${'A'.repeat(64)}`,
    `nginx@md5:${hex}`,
    hex,
    `${'a'.repeat(300)}`,
    '-bad.example.com/web',
    'a//b',
  ]) {
    assert.equal(defaultPullPolicy(image), 'IfNotPresent', image);
  }
});

test('a hostile text takes no time', () => {
  const before = process.cpuUsage();
  defaultPullPolicy('a'.repeat(1_000_000));
  defaultPullPolicy(`${'a-'.repeat(500)}`);
  defaultPullPolicy(`${'a.'.repeat(250)}/${'a_'.repeat(250)}`);
  assert.ok(process.cpuUsage(before).user < 3e6);
});
