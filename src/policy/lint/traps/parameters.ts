import { Failure } from '../../../cel/value.ts';
import type { JsonObject } from '../../../model/object.ts';
import { valueAt } from '../../../model/path.ts';
import type { ParamKind } from '../../definition.ts';
import { failingPlace } from '../failing-place.ts';
import { apiVersionOf, type KnownResource, type KnownResources } from '../known-resources.ts';
import type { LintedBinding } from '../linted-binding.ts';
import { LintedPolicy } from '../linted-policy.ts';
import type { Sighting, Trap } from '../trap.ts';

/** `parameterNotFoundAction: Deny` counts as a configuration error, which failurePolicy Ignore passes over. */
export const missingParamsIgnored: Trap = {
  id: 'missing-params-ignored',
  title: 'parameterNotFoundAction Deny is undone by failurePolicy Ignore',
  severity: 'high',
  why: 'A parameter that is missing is an error of the configuration, and failurePolicy Ignore lets requests pass on errors: deleting the parameter switches the policy off although the binding says Deny.',
  fix: 'Set failurePolicy Fail in the policy, or write parameterNotFoundAction Allow if that is what is meant.',
  *inBinding({ binding, policy }) {
    const { paramRef } = binding.definition;
    if (policy?.definition.paramKind === undefined || paramRef?.parameterNotFoundAction !== 'Deny') return;
    if (policy.definition.failurePolicy !== 'Ignore') return;
    yield {
      path: ['spec', 'paramRef', 'parameterNotFoundAction'],
      message: `policy "${policy.name}" has failurePolicy Ignore: where no parameter is found requests are allowed, not denied`,
    };
  },
};

/** A binding that passes no parameter to a policy that reads them. */
export const paramsNotBound: Trap = {
  id: 'params-not-bound',
  title: 'the binding passes no parameter to a policy that reads it',
  severity: 'high',
  why: 'Without a paramRef `params` is null: reading a field of it is an error, so every request is denied, or with failurePolicy Ignore every one passes.',
  fix: 'Add a paramRef to the binding, or guard with `params == null || ...` in the policy.',
  *inBinding({ binding, policy, surroundings }) {
    if (policy?.definition.paramKind === undefined || binding.definition.paramRef !== undefined) return;
    const alone = new LintedPolicy(policy, { ...surroundings, bindings: [binding] });
    for (const reach of alone.reaches) {
      const probe = alone.probe(reach);
      if (probe.conditions().kind === 'not-met') continue;
      for (const expression of [...policy.matchConditions, ...policy.validations]) {
        if (!(probe.result(expression) instanceof Failure)) continue;
        const place = failingPlace(probe, expression);
        const text = alone.expressions.find(({ path }) => path.join() === place?.path.join())?.text ?? '';
        const part = text.slice(place?.span.start, place?.span.end);
        if (!/^params\b/.test(part)) continue;
        yield {
          path: ['spec'],
          message: `policy "${policy.name}" reads ${part}, and this binding has no paramRef: "${place!.error}"`,
        };
        return;
      }
    }
  },
};

/** A `paramRef` for a policy that has no `paramKind`. */
export const paramRefIgnored: Trap = {
  id: 'param-ref-ignored',
  title: 'the binding passes a parameter that the policy cannot read',
  severity: 'medium',
  why: 'A paramRef does nothing where the policy has no paramKind, not even its parameterNotFoundAction.',
  fix: 'Give the policy a paramKind, or take the paramRef out of the binding.',
  *inBinding({ binding, policy }) {
    if (policy === undefined || policy.definition.paramKind !== undefined) return;
    if (binding.definition.paramRef === undefined) return;
    const message = `policy "${policy.name}" has no paramKind, so this paramRef is ignored`;
    yield { path: ['spec', 'paramRef'], message };
  },
};

/** A `paramRef` that can find nothing, or that the server refuses to use. */
export const paramRefMismatch: Trap = {
  id: 'param-ref-mismatch',
  title: 'the paramRef does not fit the paramKind',
  severity: 'high',
  why: 'A reference that does not fit finds no parameter or is an error for every request: it is denied, or with parameterNotFoundAction Allow or failurePolicy Ignore passes unjudged.',
  fix: 'Name an object of the paramKind; a namespace only where the paramKind is namespaced, and always where the policy matches cluster-scoped resources.',
  inBinding: mismatches,
};

function* mismatches({ binding, policy, surroundings }: LintedBinding): Generator<Sighting> {
  const { paramRef } = binding.definition;
  const paramKind = policy?.definition.paramKind;
  if (policy === undefined || paramKind === undefined || paramRef === undefined) return;
  const path = ['spec', 'paramRef'];
  const resource = resourceOf(surroundings.resources, paramKind);
  if (resource?.namespaced === false && paramRef.namespace !== '') {
    yield {
      path: [...path, 'namespace'],
      message: `${paramKind.kind} is cluster-scoped: paramRef.namespace must not be provided for a cluster-scoped \`paramKind\``,
    };
  }
  if (resource?.namespaced === true && paramRef.namespace === '') {
    const linted = new LintedPolicy(policy, surroundings);
    // A Namespace counts as being in itself.
    const reach = linted.reaches.find(
      ({ resource: matched }) => !matched.namespaced && matched.kind !== 'Namespace',
    );
    if (reach !== undefined) {
      yield {
        path,
        message: `the policy matches ${reach.resource.plural}, which have no namespace to look for a ${paramKind.kind} in: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources`,
      };
    }
  }
  if (paramRef.name === '') return;
  const named = surroundings.objects.filter((object) => nameOf(object) === paramRef.name);
  const fitting = named.filter(
    ({ apiVersion, kind }) => apiVersion === paramKind.apiVersion && kind === paramKind.kind,
  );
  const elsewhere = fitting.filter(
    (object) => paramRef.namespace !== '' && isElsewhere(object, paramRef.namespace),
  );
  if (fitting.length > 0 && elsewhere.length === fitting.length) {
    const [first] = elsewhere;
    yield {
      path: [...path, 'namespace'],
      message: `${paramKind.kind} "${paramRef.name}" is in namespace "${String(valueAt(first, ['metadata', 'namespace']))}", not in "${paramRef.namespace}"`,
    };
  }
  const isOfOtherKind = fitting.length === 0 && named.find(mayBeMeant(paramKind));
  if (isOfOtherKind) {
    yield {
      path: [...path, 'name'],
      message: `"${paramRef.name}" is a ${String(isOfOtherKind['kind'])} here, and the policy's paramKind is ${paramKind.apiVersion} ${paramKind.kind}`,
    };
  }
}

/** The same kind in another version, or one of the kinds that hold data. */
const mayBeMeant =
  ({ kind: wanted }: ParamKind) =>
  ({ kind }: JsonObject): boolean =>
    kind === wanted || kind === 'ConfigMap' || kind === 'Secret';

/** A `paramKind` that the server cannot look up. */
export const paramKindUnknown: Trap = {
  id: 'param-kind-unknown',
  title: 'the paramKind is no kind that the API server serves',
  severity: 'high',
  why: 'The API server cannot look up parameters of a kind that it does not serve: every request the policy matches is an error, denied or, with failurePolicy Ignore, let through.',
  fix: 'Write apiVersion and kind as in the objects themselves: `v1` and `ConfigMap`.',
  *inPolicy({ policy, surroundings: { resources, suggest } }) {
    const { paramKind } = policy.definition;
    if (paramKind === undefined || paramKind.kind === '') return;
    const group = paramKind.apiVersion.includes('/') ? paramKind.apiVersion.split('/')[0]! : '';
    if (!resources.isComplete(group) || resourceOf(resources, paramKind) !== undefined) return;
    const same = resources.all.filter(({ kind }) => kind.toLowerCase() === paramKind.kind.toLowerCase());
    const hint =
      same.length > 0
        ? `; ${same[0]!.kind} is in ${apiVersionOf(same[0]!)}`
        : suggest(
            paramKind.kind,
            resources.all.map(({ kind }) => kind),
          );
    const message = `there is no ${paramKind.kind} in ${paramKind.apiVersion}${hint}`;
    yield { path: ['spec', 'paramKind', 'kind'], message };
  },
};

function resourceOf(resources: KnownResources, { apiVersion, kind }: ParamKind): KnownResource | undefined {
  return resources.all.find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion);
}

const nameOf = (object: JsonObject): unknown => valueAt(object, ['metadata', 'name']);

function isElsewhere(object: JsonObject, namespace: string): boolean {
  const written = valueAt(object, ['metadata', 'namespace']);
  return typeof written === 'string' && written !== namespace;
}
