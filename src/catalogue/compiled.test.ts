import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparable } from '../cel/plan/plan-comparison.ts';
import type { Program } from '../cel/index.ts';
import { formatType } from '../cel/type.ts';
import { PolicyCompiler } from '../policy/index.ts';
import { bindControl } from './bind.ts';
import { controlCompiler } from './catalogue.ts';
import { CatalogueError } from './catalogue-error.ts';
import { compileCatalogue } from './compile.ts';
import { readCompiled } from './compiled.ts';
import { checkout, loadCatalogue } from './load.ts';
import { formatMinorVersion, minorVersions } from './versions.ts';

const { text, digest } = compileCatalogue();
const loaded = loadCatalogue(checkout);

test('every expression of every control is stored as it is compiled, for every version', () => {
  for (const version of minorVersions) {
    const stored = readCompiled(text, digest).expressions!(version);
    const compiler = new PolicyCompiler({ version: formatMinorVersion(version), trusted: true });
    for (const control of loaded.controls.values()) {
      const bound = bindControl(control, version, compiler);
      for (const { messageExpression } of bound?.bound.policy.validations ?? []) void messageExpression;
    }
    let count = 0;
    for (const [context, { text: expression, type, plan }] of compiler.programs()) {
      const found = stored.find(expression, context);
      assert.ok(found !== undefined, `1.${version}: ${expression}`);
      assert.equal(formatType(found.type), formatType(type), expression);
      assert.deepEqual(comparable(found.plan), comparable(plan), `1.${version}: ${expression}`);
      count++;
    }
    assert.ok(count > loaded.controls.size, `1.${version}: ${count} expressions`);
  }
});

test('controls bound from the compiled catalogue compile nothing and mean the same', () => {
  for (const version of minorVersions) {
    const catalogue = readCompiled(text, digest);
    const stored = catalogue.expressions!(version);
    const missed: string[] = [];
    const compiler = new PolicyCompiler({
      version: formatMinorVersion(version),
      trusted: true,
      stored: {
        find(expression, context) {
          const found = stored.find(expression, context);
          if (found === undefined) missed.push(expression);
          return found;
        },
      },
    });
    const fresh = controlCompiler(loaded, version);
    for (const [id, control] of catalogue.controls) {
      const one = bindControl(control, version, compiler);
      const other = bindControl(loaded.controls.get(id)!, version, fresh);
      assert.equal(one === undefined, other === undefined, id);
      if (one === undefined || other === undefined) continue;
      assert.deepEqual(one.bound.policy.definition, other.bound.policy.definition);
      assert.deepEqual(
        one.bound.policy.validations.map((validation) => validation.messageExpression?.program?.text),
        other.bound.policy.validations.map((validation) => validation.messageExpression?.program?.text),
      );
    }
    assert.deepEqual(missed, [], `1.${version}`);
  }
});

test('a policy that is trusted is decoded as any other', () => {
  const trusting = controlCompiler(loaded, 37);
  const strict = new PolicyCompiler({ version: '1.37' });
  for (const { id, variants } of loaded.controls.values()) {
    for (const { policy } of variants) {
      const { policy: one, problems } = strict.compilePolicy(policy);
      assert.deepEqual(problems, [], id);
      assert.deepEqual(trusting.compilePolicy(policy).policy?.definition, one?.definition, id);
    }
  }
});

test('only what is asked for is read', () => {
  // Where the slices are spoiled, whatever reads one throws.
  const lines = text.split('\n');
  const spoiled = readCompiled(
    [lines[0], lines[1], '!'.repeat(lines.slice(2).join('\n').length)].join('\n'),
    digest,
  );
  assert.deepEqual([...spoiled.controls.keys()], [...loaded.controls.keys()]);
  assert.equal(spoiled.controls.has('host-port'), true);
  assert.equal(spoiled.controls.size, loaded.controls.size);
  assert.equal(spoiled.controls.get('no-such-control'), undefined);
  assert.throws(() => spoiled.controls.get('host-port'), SyntaxError);
  const [context, { text: known }] = controlPrograms()[0]!;
  assert.equal(spoiled.expressions!(37).find(known, `another ${context}`), undefined);
  const expression = spoiled.expressions!(37).find(known, context)!;
  assert.ok(expression.plan.slots > 0);
  assert.throws(() => expression.plan.root, SyntaxError);
});

test('a control is read once, and every view of the map has it', () => {
  const { controls } = readCompiled(text, digest);
  assert.equal(controls.get('host-port'), controls.get('host-port'));
  const seen: string[] = [];
  controls.forEach((control, id, map) => {
    assert.equal(map.get(id), control);
    seen.push(id);
  });
  assert.deepEqual(
    seen,
    [...controls.values()].map(({ id }) => id),
  );
  assert.deepEqual(
    seen,
    [...controls.entries()].map(([id]) => id),
  );
});

test('a catalogue of another build is refused, and one is built the same way twice', () => {
  assert.throws(() => readCompiled(text, 'another'), CatalogueError);
  assert.deepEqual(compileCatalogue(), { text, digest });
  assert.match(text, /^[\0-\x7f]*$/, 'ASCII, so that offsets are bytes');
});

function controlPrograms(): (readonly [context: string, program: Program])[] {
  const compiler = controlCompiler(loaded, 37);
  // A trusted policy is compiled when somebody looks at what it says.
  for (const control of loaded.controls.values())
    void bindControl(control, 37, compiler)?.bound.policy.validations;
  return [...compiler.programs()];
}

test('profiles and frameworks are those that were loaded', () => {
  const { frameworks, profiles } = readCompiled(text, digest);
  assert.deepEqual([...profiles], [...loaded.profiles]);
  // What is not there is not written.
  assert.deepEqual([...frameworks], JSON.parse(JSON.stringify([...loaded.frameworks])));
});
