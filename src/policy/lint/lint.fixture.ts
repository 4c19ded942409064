import type { JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { PolicyCompiler } from '../compiler.ts';
import { compileObject, type CompiledObject } from './compile-object.ts';
import { KnownResources } from './known-resources.ts';
import { lintBinding, type LintFinding, lintPolicy } from './lint.ts';
import { LintedPolicy, type Surroundings } from './linted-policy.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

/** A resource rule; by default for CREATE. `resources` are separated by commas. */
export function rule(apiGroup: string, resources: string, ...operations: readonly string[]): JsonObject {
  return {
    apiGroups: [apiGroup],
    apiVersions: ['v1'],
    resources: resources.split(','),
    operations: operations.length === 0 ? ['CREATE'] : operations,
  };
}

/** A ValidatingAdmissionPolicy `p` for CREATE of pods with one validation, or with another spec. */
export function policy(spec: string | JsonObject, ...rules: readonly JsonObject[]): JsonObject {
  const validations = typeof spec === 'string' ? [{ expression: spec, message: 'm' }] : [];
  const resourceRules = rules.length === 0 ? [rule('', 'pods')] : rules;
  const own = typeof spec === 'string' ? {} : spec;
  return object('ValidatingAdmissionPolicy', 'p', {
    matchConstraints: { resourceRules },
    validations,
    ...own,
  });
}

/** A MutatingAdmissionPolicy `p` for CREATE of pods with one JSONPatch, or with another spec. */
export function mutating(spec: string | JsonObject): JsonObject {
  const mutations =
    typeof spec === 'string' ? [{ patchType: 'JSONPatch', jsonPatch: { expression: spec } }] : [];
  const own = typeof spec === 'string' ? {} : spec;
  return object('MutatingAdmissionPolicy', 'p', {
    matchConstraints: { resourceRules: [rule('', 'pods')] },
    reinvocationPolicy: 'Never',
    mutations,
    ...own,
  });
}

/** A ValidatingAdmissionPolicyBinding of policy `p` with Deny. */
export function binding(spec: JsonObject = {}): JsonObject {
  return object('ValidatingAdmissionPolicyBinding', 'b', {
    policyName: 'p',
    validationActions: ['Deny'],
    ...spec,
  });
}

/** Any other object. */
export function object(kind: string, name: string, spec: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

/** What is found in all of the objects. */
export function findingsIn(
  objects: readonly JsonObject[],
  change: Partial<Surroundings> = {},
): LintFinding[] {
  const { compiled, surroundings } = compiledIn(objects, change);
  return compiled.flatMap((one) => [
    ...(one.policy === undefined ? [] : lintPolicy(one.policy, surroundings)),
    ...(one.binding === undefined ? [] : lintBinding(one.binding, surroundings)),
  ]);
}

/** The findings of one trap, each as the text that is underlined, else the path, and the message. */
export function sightings(trap: string, ...objects: readonly JsonObject[]): string[] {
  return findingsIn(objects)
    .filter((found) => found.trap === trap)
    .map(({ path, span, message }) => {
      const text = objects.map((one) => valueAt(one, path)).find((value) => typeof value === 'string');
      const place = span === undefined ? path.join('.') : String(text).slice(span.start, span.end);
      return `${place}: ${message}`;
    });
}

/** The first policy of the objects, ready for its traps. */
export function linted(...objects: readonly JsonObject[]): LintedPolicy {
  const { compiled, surroundings } = compiledIn(objects, {});
  return new LintedPolicy(compiled.find((one) => one.policy !== undefined)!.policy!, surroundings);
}

function compiledIn(
  objects: readonly JsonObject[],
  change: Partial<Surroundings>,
): { readonly compiled: readonly CompiledObject[]; readonly surroundings: Surroundings } {
  const version = change.version ?? '1.36';
  const compiler = new PolicyCompiler({ version });
  const own = objects.filter((one) => one['apiVersion'] === apiVersion);
  const compiled = own.map((one) => compileObject(compiler, one, version));
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  return {
    compiled,
    surroundings: {
      version,
      resources: new KnownResources(definitions),
      policies: compiled.flatMap((one) => one.policy ?? []),
      bindings: compiled.flatMap((one) => one.binding ?? []),
      objects,
      staticManifests: false,
      suggest: (written) => `; not ${written}`,
      ...change,
    },
  };
}
