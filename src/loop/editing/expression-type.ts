import { check } from '../../cel/check/check.ts';
import { operands } from '../../cel/check/walk.ts';
import type { Environment } from '../../cel/environment.ts';
import { kubernetesEnvironment, type KubernetesVersion } from '../../cel/kubernetes/environment.ts';
import type { Expr } from '../../cel/syntax/ast.ts';
import { parse } from '../../cel/syntax/parse.ts';
import { dynType, formatType, type Type } from '../../cel/type.ts';
import type { Manifest } from '../../collect/manifests.ts';
import type { JsonObject, Path } from '../../model/object.ts';
import { type CompiledPolicy, PolicyCompiler } from '../../policy/index.ts';
import { compileObject, lintedKind } from '../../policy/lint/compile-object.ts';
import { KnownResources } from '../../policy/lint/known-resources.ts';
import { typedEnvironments } from '../../policy/lint/typing/type-warnings.ts';
import type { CompiledExpression } from '../../policy/policy.ts';
import { locate, type ScalarSource, scalarAt } from '../../yaml/index.ts';

/** A part of an expression and what it is. */
export interface ExpressionType {
  /** The part as it is written. */
  readonly text: string;
  /** Where it stands: UTF-16 offsets in the whole text. */
  readonly start: number;
  readonly end: number;
  /** Its type; several where it differs between the kinds that the policy is about, which are then named. */
  readonly types: readonly { readonly type: string; readonly kinds: readonly string[] }[];
}

/**
 * The smallest part of an expression at an offset of the text, and its type where the policy's objects have the types of
 * the kinds that its rules name. Undefined where no expression stands there, or none that can be parsed.
 */
export function expressionTypeAt(
  policies: readonly Manifest[],
  offset: number,
  version: KubernetesVersion,
  definitions: readonly JsonObject[],
): ExpressionType | undefined {
  for (const manifest of policies) {
    const { start, end } = manifest.source;
    if (lintedKind(manifest.value) === undefined || offset < start || offset > end) continue;
    const { policy } = compileObject(new PolicyCompiler({ version }), manifest.value, version);
    if (policy === undefined) continue;
    const found = expressionAt(manifest, expressionsOf(policy), offset);
    if (found !== undefined) return typeAt(found, offset, environmentsOf(policy, version, definitions));
  }
  return undefined;
}

type AnyPolicy = Pick<
  CompiledPolicy,
  'definition' | 'matchConditions' | 'variableList' | 'validations' | 'auditAnnotations'
> & { readonly mutations?: readonly CompiledExpression[] };

function expressionsOf(policy: AnyPolicy): readonly CompiledExpression[] {
  return [
    ...policy.matchConditions,
    ...policy.variableList,
    ...policy.validations.flatMap((one) =>
      one.messageExpression === undefined ? [one] : [one, one.messageExpression],
    ),
    ...policy.auditAnnotations,
    ...(policy.mutations ?? []),
  ];
}

/** The expression that is written at an offset, and the way from its characters to the text. */
function expressionAt(
  { origin, source }: Manifest,
  expressions: readonly CompiledExpression[],
  offset: number,
): ScalarSource | undefined {
  const paths = expressions.map(({ path }): Path => [...origin.path, ...path]);
  const index = locate(source, paths).findIndex(
    ({ found, value }) => found && value.start <= offset && offset <= value.end,
  );
  return index < 0 ? undefined : scalarAt(source, paths[index]!);
}

interface Seen {
  readonly kind: string;
  readonly environment: Environment;
}

function environmentsOf(
  { definition, mutations }: AnyPolicy,
  version: KubernetesVersion,
  definitions: readonly JsonObject[],
): readonly Seen[] {
  const typed = typedEnvironments(
    definition,
    new KnownResources(definitions),
    version,
    mutations !== undefined,
  );
  const names = definition.variables.map(({ name }) => [name, dynType] as const);
  const untyped = kubernetesEnvironment(version, {
    mode: 'stored',
    hasParams: definition.paramKind !== undefined,
    hasAuthorizer: true,
    hasPatchTypes: true,
    variables: Object.fromEntries(names),
  });
  const seen = typed.map(({ environment, resource }) => ({ environment, kind: resource.kind }));
  return [...seen, { environment: untyped, kind: '' }];
}

function typeAt(
  written: ScalarSource,
  offset: number,
  environments: readonly Seen[],
): ExpressionType | undefined {
  const at = characterAt(written, offset);
  const byType = new Map<string, string[]>();
  let part: Expr | undefined;
  for (const { environment, kind } of environments) {
    // What the kinds do not tell is asked once more without them.
    if (kind === '' && byType.size > 0) continue;
    const parsed = parse(written.value, environment.parseOptions);
    if ('issues' in parsed) return undefined;
    check(parsed.expr, environment);
    part = smallest(parsed.expr, at);
    const type: Type | undefined = part?.type;
    if (type === undefined || type.kind === 'error') continue;
    const shown = formatType(type);
    byType.set(shown, [...(byType.get(shown) ?? []), ...(kind === '' ? [] : [kind])]);
  }
  if (part === undefined || byType.size === 0) return undefined;
  return {
    text: written.value.slice(part.start, part.end),
    start: written.offsetOf(part.start),
    end: written.offsetOf(Math.max(part.start, part.end - 1)) + 1,
    types: [...byType].map(([type, kinds]) => ({ type, kinds: [...new Set(kinds)] })),
  };
}

/** The last character of the value that is written at or before an offset of the text. */
function characterAt(written: ScalarSource, offset: number): number {
  let low = 0;
  let high = Math.max(0, written.value.length - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (written.offsetOf(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function smallest(expr: Expr, at: number): Expr | undefined {
  if (at < expr.start || at >= expr.end) return undefined;
  for (const one of operands(expr)) {
    const inside = smallest(one, at);
    if (inside !== undefined) return inside;
  }
  return expr;
}
