import { createHash } from 'node:crypto';
import { storePlan, TypeTable } from '../cel/plan/stored.ts';
import { bindControl } from './bind.ts';
import { type Catalogue, controlCompiler } from './catalogue.ts';
import type { CompiledExpression, CompiledIndex, Slice } from './compiled.ts';
import { checkout, loadCatalogue } from './load.ts';
import { shareExpressions, TextTable } from './text-table.ts';
import { type MinorVersion, minorVersions } from './versions.ts';

/**
 * The catalogue below `directory` in the form in which it is shipped (see `CompiledIndex`), for all Kubernetes versions;
 * throws a CatalogueError where it is not as it should be.
 */
export function compileCatalogue(directory: string = checkout): { text: string; digest: string } {
  const catalogue = loadCatalogue(directory);
  const body = new Body();
  const tables = { texts: new TextTable(), contexts: new TextTable(), types: new TypeTable() };
  const { texts, contexts, types } = tables;
  const index: CompiledIndex = {
    profiles: [...catalogue.profiles.values()],
    frameworks: [...catalogue.frameworks].map(([name, framework]) => [name, ...body.add(ascii(framework))]),
    controls: [...catalogue.controls].map(([id, control]) => [
      id,
      ...body.add(ascii(shareExpressions(control, texts))),
    ]),
    expressions: compileExpressions(catalogue, tables, body),
    texts: texts.texts,
    contexts: contexts.texts,
    types: types.types,
  };
  const rest = `${ascii(index)}\n${body.text}`;
  const digest = createHash('sha256').update(rest).digest('hex').slice(0, 32);
  return { text: `${digest}\n${rest}`, digest };
}

interface Tables {
  readonly texts: TextTable;
  readonly contexts: TextTable;
  readonly types: TypeTable;
}

/** Equal plans of neighbouring versions are one. */
function compileExpressions(catalogue: Catalogue, tables: Tables, body: Body): CompiledExpression[] {
  const compiled: CompiledExpression[] = [];
  const latest = new Map<string, { plan: string; until: MinorVersion; at: number }>();
  for (const version of minorVersions) {
    for (const [text, context, type, frame, root] of expressionsAt(catalogue, version, tables)) {
      const key = `${text} ${context}`;
      const before = latest.get(key);
      const plan = JSON.stringify([type, frame, root]);
      if (before?.plan === plan && before.until === version - 1) {
        const [, , from, , ...others] = compiled[before.at]!;
        compiled[before.at] = [text, context, from, version, ...others];
        latest.set(key, { ...before, until: version });
      } else {
        latest.set(key, { plan, until: version, at: compiled.length });
        compiled.push([text, context, version, version, type, ...frame, ...body.add(root)]);
      }
    }
  }
  return compiled;
}

type Expression = readonly [
  text: number,
  context: number,
  type: number,
  frame: [number, number, readonly (string | number)[]],
  root: string,
];

/** Every expression of every control in one version, message expressions too. */
function* expressionsAt(
  catalogue: Catalogue,
  version: MinorVersion,
  { texts, contexts, types }: Tables,
): Generator<Expression> {
  const compiler = controlCompiler(catalogue, version);
  for (const control of catalogue.controls.values()) {
    const validations = bindControl(control, version, compiler)?.bound.policy.validations ?? [];
    // A trusting compiler compiles these when they are asked for.
    for (const validation of validations) void validation.messageExpression;
  }
  for (const [context, { text, type, plan }] of compiler.programs()) {
    const stored = storePlan(plan, types);
    if (stored === undefined) continue;
    const [slots, nodes, globals, root] = stored;
    yield [
      texts.number(text),
      contexts.number(context),
      types.number(type),
      [slots, nodes, globals],
      ascii(root),
    ];
  }
}

/** The last line as it grows. */
class Body {
  text = '';

  add(text: string): Slice {
    const start = this.text.length;
    this.text += text;
    return [start, this.text.length];
  }
}

function ascii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
