import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Json } from '../model/object.ts';
import { type Answering, controlsFor, type Framework, readFramework, type Requirement } from './framework.ts';
import { checkout, checkoutCatalogue } from './load.ts';

const requirement = { id: '1.1', title: 'one', assessment: 'automated' };
const written = (...requirements: Json[]): Json => ({
  title: 'F',
  url: 'https://example.com',
  sections: [{ id: 's', title: 'S', requirements }],
});
const reasons = (value: Json): string[] => readFramework('f', value).complaints.map(({ reason }) => reason);
const requirementsOf = ({ sections }: Framework): Requirement[] =>
  sections.flatMap((section) => [...section.requirements]);

test('a framework is sections of requirements', () => {
  const { complaints, framework } = readFramework(
    'f',
    written(requirement, {
      ...requirement,
      id: '1.2',
      also: 'one',
      needs: 'node',
      note: 'why',
      practices: [3],
    }),
  );
  assert.deepEqual(complaints, []);
  assert.equal(framework.title, 'F');
  assert.deepEqual(requirementsOf(framework)[1], {
    id: '1.2',
    title: 'one',
    assessment: 'automated',
    also: ['one'],
    controls: [],
    practices: [3],
    fields: [],
    needs: 'node',
    note: 'why',
  });
});

test('what is wrong with one is said', () => {
  assert.deepEqual(reasons(written(requirement, requirement)), ['the requirement "1.1" stands twice']);
  assert.deepEqual(reasons(written(requirement, { ...requirement, id: '2', also: ['1.1'] })), [
    'the requirement "1.1" stands twice',
  ]);
  assert.deepEqual(reasons(written({ ...requirement, assessment: 'maybe' })), [
    '"assessment" is automated or manual',
  ]);
  assert.deepEqual(reasons(written({ ...requirement, needs: 'luck' })), [
    '"needs" is one of node, network, rbac, input',
  ]);
  assert.deepEqual(reasons(written({ ...requirement, practices: [20] })), [
    '"practices" is a list of numbers from 1 to 19',
  ]);
  assert.deepEqual(reasons(written()), ['"sections" is a list of sections with requirements']);
  assert.match(reasons(written({ ...requirement, x: 1 }))[0] ?? '', /unknown key "x"/);
});

test('a control answers what it names, whole or in part, or what names it', () => {
  const controls: Answering[] = [
    { id: 'a', practice: 1, frameworks: { f: ['1.1'] } },
    { id: 'b', practice: 2, frameworks: { f: ['1.1.7'] } },
    { id: 'c', practice: 3, frameworks: { f: ['1.10'], g: ['1.1'] } },
    { id: 'd', practice: 4, frameworks: { f: ['other name'] } },
  ];
  const asked = (value: Json): string[] =>
    controlsFor(requirementsOf(readFramework('f', written(value)).framework)[0]!, 'f', controls);
  assert.deepEqual(asked(requirement), ['a', 'b']);
  assert.deepEqual(asked({ ...requirement, also: ['other name'] }), ['a', 'b', 'd']);
  assert.deepEqual(asked({ ...requirement, id: 'x', controls: ['c'] }), ['c']);
  assert.deepEqual(asked({ ...requirement, id: 'x', practices: [4] }), ['d']);
});

test('what a control says of a framework is in the framework', () => {
  const { controls, frameworks } = checkoutCatalogue();
  const wrong: string[] = [];
  for (const control of controls.values()) {
    for (const [name, ids] of Object.entries(control.frameworks)) {
      // Its levels are profiles, each with a table of its own.
      if (name === 'pss') continue;
      const framework = frameworks.get(name);
      if (framework === undefined) wrong.push(`${control.id}: there is no framework ${name}`);
      for (const id of framework === undefined ? [] : ids) {
        const one = { id: control.id, practice: control.practice, frameworks: { [name]: [id] } };
        const own = requirementsOf(framework!).map((each) => ({ ...each, practices: [], controls: [] }));
        if (own.every((each) => controlsFor(each, name, [one]).length === 0)) {
          wrong.push(`${control.id}: ${name} has no ${id}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('the benchmark has every requirement, automated or manual as it says', (context) => {
  const file = path.join(checkout, '../shared/facts/cis-1.12.tsv');
  if (!existsSync(file)) return context.skip(`no ${file}`);
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const expected = rows.map((row) => {
    const [id, , text] = row.split('\t');
    return `${id} ${text!.includes('(Manual)') ? 'manual' : 'automated'}`;
  });
  const { frameworks } = checkoutCatalogue();
  const own = requirementsOf(frameworks.get('cis-1.12')!);
  assert.deepEqual(
    own.map(({ id, assessment }) => `${id} ${assessment}`),
    expected,
  );
});

test('a control that a framework names is there', () => {
  const { controls, frameworks } = checkoutCatalogue();
  for (const framework of frameworks.values()) {
    for (const one of requirementsOf(framework)) {
      for (const id of one.controls) assert.ok(controls.has(id), `${framework.name} ${one.id}: ${id}`);
    }
  }
});
