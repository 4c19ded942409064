import type { JsonObject } from '../../model/object.ts';
import { quoted } from './cel-text.ts';
import type { Default } from './defaults.ts';
import {
  type AdmissionOptions,
  bindingOf,
  clauseVariables,
  mayBeUsed,
  metadataOf,
  type Part,
  podVariables,
  rule,
  useVariables,
  type Variable,
} from './part.ts';

/** The policy that fills in what pods leave out, and its binding; undefined where nothing is filled in. */
export function mutatingPolicy(
  parts: readonly Part[],
  options: AdmissionOptions,
): readonly [JsonObject, JsonObject] | undefined {
  const { mutatingVersion } = options;
  if (mutatingVersion === undefined || parts.every(({ defaults }) => defaults.length === 0)) return undefined;
  const several = parts.length > 1;
  const variables = [
    ...(several ? podVariables : []),
    { name: 'places', expression: placesExpression },
    ...parts.flatMap((part) => [
      ...(several ? clauseVariables(part) : []),
      ...useVariables(part, options),
      ...(several ? [beforeVariable(part, options)] : []),
    ]),
  ];
  const isTaken = several ? parts.map(({ prefix }) => `variables.${prefix}admits`).join(' || ') : '';
  const mutations = parts
    .filter(({ defaults }) => defaults.length > 0)
    .map((part) => {
      const patch = patchOf(part.defaults);
      const expression = several
        ? `(${isTaken}) || !variables.${part.prefix}would_admit ? [] : ${patch}`
        : options.useGroups === undefined
          ? patch
          : `!${mayBeUsed(part, options)} ? [] : ${patch}`;
      return { patchType: 'JSONPatch', jsonPatch: { expression } };
    });
  const policy = {
    apiVersion: mutatingVersion,
    kind: 'MutatingAdmissionPolicy',
    metadata: metadataOf(options.name),
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'IfNeeded',
      matchConstraints: {
        resourceRules: [rule(['CREATE'], ['pods']), rule(['UPDATE'], ['pods/ephemeralcontainers'])],
      },
      variables,
      mutations,
    },
  };
  return [
    policy as unknown as JsonObject,
    bindingOf('MutatingAdmissionPolicyBinding', mutatingVersion, options),
  ];
}

/** Whether a policy would take the pod with its own defaults filled in. */
function beforeVariable(part: Part, options: AdmissionOptions): Variable {
  const { clauses, prefix } = part;
  const conditions = clauses
    .filter(({ badBefore }) => badBefore !== '[]')
    .map(({ bad, badBefore, name }) =>
      bad === badBefore ? `variables.${prefix}${name}.size() == 0` : `(${badBefore}).size() == 0`,
    );
  const use = options.useGroups === undefined ? [] : [mayBeUsed(part, options)];
  const all = [...conditions, ...use];
  return { name: `${prefix}would_admit`, expression: all.length === 0 ? 'true' : all.join(' && ') };
}

/** The containers whose fields may still be filled in, with where they stand: all of a new pod, else those that are added. */
const placesExpression = ['containers', 'initContainers', 'ephemeralContainers']
  .map((key) => {
    const places = `lists.range(size(object.spec.?${key}.orValue([]))).map(i, {'path': dyn('/spec/${key}/' + string(i)), 'is': object.spec.${key}[i]})`;
    return key === 'ephemeralContainers' ? places : `(request.operation != 'CREATE' ? [] : ${places})`;
  })
  .join(' + ');

/** A JSON Patch that fills in what is left out. */
function patchOf(defaults: readonly Default[]): string {
  const of = (what: Default['of']): readonly Default[] => defaults.filter((one) => one.of === what);
  const isNew = `request.operation == 'CREATE'`;
  const add = (path: string, value: string): string => `JSONPatch{op: 'add', path: ${path}, value: ${value}}`;
  const parts: string[] = [];
  const anyUnset = (some: readonly Default[]): string =>
    some.map(({ isUnset }) => `(${isUnset})`).join(' || ');
  const pod = of('pod');
  if (pod.length > 0) {
    const isMissing = `!object.spec.?securityContext.hasValue() && (${anyUnset(pod)})`;
    parts.push(`(${isNew} && ${isMissing} ? [${add(quoted('/spec/securityContext'), '{}')}] : [])`);
  }
  for (const { isUnset, key, of: owner, value } of [...pod, ...of('spec')]) {
    const path = quoted(owner === 'pod' ? `/spec/securityContext/${key}` : `/spec/${key}`);
    parts.push(`(${isNew} && ${isUnset} ? [${add(path, value)}] : [])`);
  }
  const container = of('container');
  if (container.length > 0) {
    const isMissing = `!c.is.?securityContext.hasValue() && (${anyUnset(container)})`;
    parts.push(
      `variables.places.filter(c, ${isMissing}).map(c, ${add("c.path + '/securityContext'", '{}')})`,
    );
  }
  for (const { isUnset, key, value } of container) {
    const path = `c.path + '/securityContext/${key}'`;
    parts.push(`variables.places.filter(c, ${isUnset}).map(c, ${add(path, value)})`);
  }
  return parts.join(' + ');
}
