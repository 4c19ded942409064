import { check } from '../../../cel/check/check.ts';
import { validate } from '../../../cel/check/validate.ts';
import type { Environment } from '../../../cel/environment.ts';
import type { Issue } from '../../../cel/issue.ts';
import {
  authorizerType,
  kubernetesEnvironment,
  type KubernetesVersion,
} from '../../../cel/kubernetes/environment.ts';
import { issueText } from '../../../cel/syntax/issue-text.ts';
import { parse } from '../../../cel/syntax/parse.ts';
import { dynType, type Type } from '../../../cel/type.ts';
import type { Path } from '../../../model/object.ts';
import { formatPath } from '../../../model/path.ts';
import { declaredType } from '../../declared-type.ts';
import type { ParamKind, PolicyDefinition, ResourceRule } from '../../definition.ts';
import { apiVersionOf, type KnownResource, type KnownResources } from '../known-resources.ts';
import { type DeclaredType, declaredTypeOf } from './declared-types.ts';

/** What is wrong with an expression where the policy's objects have the types of one kind. */
export interface TypeWarning {
  readonly path: Path;
  readonly text: string;
  readonly resource: KnownResource;
  readonly issues: readonly Issue[];
}

/** As it stands in `status.typeChecking` of a policy. */
export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

/** Of one rule no more kinds are looked at. Source: `validating/typechecking.go`, `maxTypesToCheck`. */
const mostTypes = 10;

/**
 * Type checks the validations and messages of a policy against the schema of each kind it names, as
 * kube-controller-manager does: match conditions, audit annotations and variables by themselves are not checked, rules
 * with wildcards and subresources are passed over.
 *
 * Source: apiserver `pkg/admission/plugin/policy/validating/typechecking.go`.
 */
export function typeWarnings(
  definition: PolicyDefinition,
  resources: KnownResources,
  version: KubernetesVersion,
): readonly TypeWarning[] {
  const checked = typedEnvironments(definition, resources, version);
  const warnings: TypeWarning[] = [];
  definition.validations.forEach(({ expression, messageExpression }, index) => {
    for (const [field, text] of Object.entries({ expression, messageExpression })) {
      if (field === 'messageExpression' && text === '') continue;
      for (const { resource, environment } of checked) {
        const { issues } = compile(text, environment);
        if (issues.length > 0) {
          warnings.push({ path: ['spec', 'validations', index, field], text, resource, issues });
        }
      }
    }
  });
  return warnings;
}

/** A kind that a policy names and what its expressions see of objects of that kind. */
export interface TypedEnvironment {
  readonly resource: KnownResource;
  readonly environment: Environment;
}

/** What the expressions of a policy see, for each kind whose fields are known; `hasPatchTypes` for those of a mutation. */
export function typedEnvironments(
  definition: PolicyDefinition,
  resources: KnownResources,
  version: KubernetesVersion,
  hasPatchTypes = false,
): readonly TypedEnvironment[] {
  return kindsToCheck(definition.matchConstraints?.resourceRules ?? [], resources).flatMap((resource) => {
    const type = declaredTypeOf(resource);
    return type === undefined
      ? []
      : [{ resource, environment: environmentOf(definition, type, resources, version, hasPatchTypes) }];
  });
}

/** The warnings as the controller words them, one for each expression; it puts a number behind names of types. */
export function expressionWarnings(warnings: readonly TypeWarning[]): readonly ExpressionWarning[] {
  const byField = new Map<string, string[]>();
  for (const { path, text, resource, issues } of warnings) {
    const fieldRef = formatPath(path);
    const known = byField.get(fieldRef) ?? [];
    known.push(`${resource.group}/${resource.version}, Kind=${resource.kind}: ${issueText(issues, text)}\n`);
    byField.set(fieldRef, known);
  }
  return Array.from(byField, ([fieldRef, texts]) => ({ fieldRef, warning: texts.join('\n') }));
}

/** What an expression sees: objects of the kind, the policy's parameters and its variables with their types. */
function environmentOf(
  { paramKind, variables }: PolicyDefinition,
  object: DeclaredType,
  resources: KnownResources,
  version: KubernetesVersion,
  hasPatchTypes: boolean,
): Environment {
  const params = paramKind && paramsType(paramKind, resources);
  const base = (types: Readonly<Record<string, Type>>): Environment =>
    kubernetesEnvironment(version, {
      mode: 'stored',
      hasParams: paramKind !== undefined,
      hasPatchTypes,
      variables: types,
    }).extend({
      structs: [...object.structs, ...(params?.structs ?? [])],
      variables: {
        object: object.type,
        oldObject: object.type,
        // `authorizer.requestResource` is not declared for type checking.
        authorizer: authorizerType,
        ...(params && { params: params.type }),
      },
    });
  const types = new Map<string, Type>();
  for (const { name, expression } of variables) {
    // A variable sees all before it; for thousands of them only those are declared that it may name.
    const named = (expression.match(/\w+/g) ?? []).filter((word) => types.has(word));
    const read = Object.fromEntries(named.map((word) => [word, types.get(word)!]));
    const { type, issues } = compile(expression, base(read));
    types.set(name, issues.length > 0 ? dynType : declaredType(type));
  }
  return base(Object.fromEntries(types));
}

function paramsType({ apiVersion, kind }: ParamKind, resources: KnownResources): DeclaredType | undefined {
  const found = resources.all.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  return found && declaredTypeOf(found);
}

function compile(text: string, environment: Environment): { type: Type; issues: readonly Issue[] } {
  const parsed = parse(text, environment.parseOptions);
  if ('issues' in parsed) return { type: dynType, issues: parsed.issues };
  const { type, issues } = check(parsed.expr, environment);
  return { type, issues: issues.length > 0 ? issues : validate(parsed.expr, environment) };
}

/** The kinds that the rules name, in the order of the controller. */
function kindsToCheck(rules: readonly ResourceRule[], resources: KnownResources): readonly KnownResource[] {
  const found = new Set<KnownResource>();
  for (const { apiGroups, apiVersions, resources: entries } of rules) {
    if ([...apiGroups, ...apiVersions].some((text) => text.includes('*'))) continue;
    const names = entries.filter((entry) => !/[*/]/.test(entry));
    let count = 0;
    for (const group of apiGroups.toSorted()) {
      for (const version of apiVersions.toSorted()) {
        for (const name of names.toSorted()) {
          for (const resource of lookUp(group, version, name, resources)) {
            found.add(resource);
            if (++count === mostTypes) return sorted(found);
          }
        }
      }
    }
  }
  return sorted(found);
}

/**
 * The kinds of a resource, also by its singular and in any case; the core group stands for any group.
 *
 * Source: apimachinery `pkg/api/meta/restmapper.go`, `KindsFor`.
 */
function lookUp(
  group: string,
  version: string,
  name: string,
  resources: KnownResources,
): readonly KnownResource[] {
  const wanted = name.toLowerCase();
  return resources.all.filter(
    (one) =>
      (group === '' || one.group === group) &&
      one.version === version &&
      (one.plural === wanted || one.kind.toLowerCase() === wanted),
  );
}

const sorted = (found: ReadonlySet<KnownResource>): readonly KnownResource[] =>
  [...found].sort(
    (a, b) => compare(a.group, b.group) || compare(a.version, b.version) || compare(a.kind, b.kind),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
