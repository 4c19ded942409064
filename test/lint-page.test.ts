import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { described, lint } from '../src/loop/lint.ts';
import type { Report } from '../src/model/finding.ts';
import { readDocuments, stringify, type Value } from '../src/yaml/index.ts';

const page = readFileSync(new URL('../docs/lint.md', import.meta.url), 'utf8');

/** The part of the page about one trap. */
function sectionOf(id: string): string {
  const [, section = ''] = page.split(`\n### ${id}\n`);
  return section.split('\n### ')[0]!;
}

function exampleOf(id: string, kind: 'bad' | 'good'): string {
  const found = new RegExp(`\`\`\`yaml ${kind}\\n([^]*?)\`\`\``).exec(sectionOf(id));
  assert.ok(found !== null, `docs/lint.md has no ${kind} example of ${id}`);
  return found[1]!;
}

const apiVersion = 'admissionregistration.k8s.io/v1';
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const validation = { expression: "object.metadata.name != 'x'", message: 'not x' };

/** An example with what it leaves out. */
function whole(text: string): string {
  const documents = [...readDocuments(text)].map(({ value }, index): Value => {
    const written = value as Record<string, Value>;
    if (written['kind'] === undefined) {
      const spec = { matchConstraints: { resourceRules: [rule] }, validations: [validation], ...written };
      return { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'example' }, spec };
    }
    return { apiVersion, metadata: { name: index === 0 ? 'example' : 'binding' }, ...written };
  });
  return documents.map((one) => stringify(one)).join('---\n');
}

function reportOf(text: string): Report {
  return lint({
    inputs: ['-'],
    cwd: '/',
    exclude: [],
    version: '1.37',
    failOn: ['info'],
    staticManifests: false,
    today: '2026-01-01',
    stdin: () => Buffer.from(text),
  }).report;
}

describe('docs/lint.md', () => {
  for (const { id, title, severity, why, fix } of described) {
    test(`${id}: says what the trap says`, () => {
      const section = sectionOf(id);
      assert.ok(section.startsWith(`\n**${severity}**: ${title}.\n\n${why}\n\n${fix}\n`), section);
    });

    test(`${id}: the bad example is found, at a place in it`, () => {
      const text = whole(exampleOf(id, 'bad'));
      const { findings, problems } = reportOf(text);
      assert.deepEqual(problems, []);
      const own = findings.filter(({ control }) => control === id);
      assert.notEqual(own.length, 0, `nothing found but ${findings.map(({ control }) => control).join()}`);
      for (const { location } of own) {
        const line = text.split('\n')[location!.line - 1]!;
        assert.ok(
          location!.column <= line.length,
          `${location!.line}:${location!.column} is behind "${line}"`,
        );
      }
    });

    test(`${id}: the good example is not, and is good`, () => {
      const { findings, problems } = reportOf(whole(exampleOf(id, 'good')));
      assert.deepEqual(problems, []);
      const bad = findings.filter(({ control, severity: found }) => control === id || found === 'critical');
      assert.deepEqual(
        bad.map(({ control, message }) => `${control}: ${message}`),
        [],
      );
    });
  }

  test('has no section of a trap that is gone', () => {
    const sections = Array.from(page.matchAll(/^### (.*)$/gm), ([, id]) => id);
    assert.deepEqual(
      sections,
      described.map(({ id }) => id),
    );
  });
});
