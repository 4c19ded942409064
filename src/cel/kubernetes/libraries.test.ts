import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesLibraries } from './libraries.ts';

/** The libraries of a minor version, by name. */
const namesAt = (minor: number): string[] =>
  kubernetesLibraries
    .filter(({ since, until }) => since <= minor && (until === undefined || minor < until))
    .map(({ library }) => library.name);

test('no version has a library twice', () => {
  for (let minor = 29; minor <= 37; minor++) {
    const names = namesAt(minor);
    assert.equal(new Set(names).size, names.length, `1.${minor}: ${names}`);
  }
});

test('libraries appear with their version', () => {
  const firsts: [string, number][] = [
    ['kubernetes.net.ip', 30],
    ['kubernetes.net.cidr', 30],
    ['kubernetes.format', 31],
    ['kubernetes.Semver', 33],
    ['cel.lib.ext.lists', 34],
  ];
  for (const [name, minor] of firsts) {
    assert.ok(!namesAt(minor - 1).includes(name), `${name} before 1.${minor}`);
    assert.ok(namesAt(minor).includes(name), `${name} in 1.${minor}`);
  }
});

test('includes comes with 1.37', () => {
  const has = (minor: number) =>
    kubernetesLibraries
      .filter(({ since, until }) => since <= minor && (until === undefined || minor < until))
      .some(({ library }) => library.overloads.some(({ name }) => name === 'includes'));
  assert.ok(!has(36));
  assert.ok(has(37));
});

test('an overload id stands for one signature', () => {
  const signatures = new Map<string, string>();
  for (const { library } of kubernetesLibraries) {
    for (const { id, name, args, result } of library.overloads) {
      const signature = JSON.stringify([name, args, result]);
      assert.equal(signatures.get(id) ?? signature, signature, id);
      signatures.set(id, signature);
    }
  }
});
