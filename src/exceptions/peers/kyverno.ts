import type { ExceptionScope } from '../../model/exception.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { type Foreign, ForeignReader, listOf, mapOf, textOf, textsOf } from './foreign-exception.ts';

/** Whether an object is an exception of kyverno, of the older or of the CEL policies. */
export function isPolicyException({ apiVersion, kind }: JsonObject): boolean {
  return kind === 'PolicyException' && /^(?:kyverno\.io|policies\.kyverno\.io)\//.test(textOf(apiVersion));
}

/**
 * Reads a PolicyException of `kyverno.io`: policies with rules, for resources that `match` picks.
 *
 * Source: kyverno documentation, "Policy Exceptions".
 */
export function readPolicyException(object: JsonObject): Foreign {
  const reader = new ForeignReader('kyverno');
  const spec = mapOf(object['spec']);
  if (textOf(object['apiVersion']).startsWith('policies.')) {
    reader.leave(['spec'], 'what it is about is written in CEL, which an exception has no place for');
    return reader;
  }
  for (const key of ['conditions', 'podSecurity']) {
    if (spec[key] === undefined) continue;
    reader.leave(['spec', key], `an exception cannot be limited by ${key}`);
    return reader;
  }
  const scopes = scopesOf(mapOf(spec['match']), reader);
  const reason = textOf(mapOf(mapOf(object['metadata'])['annotations'])['policies.kyverno.io/description']);
  for (const [i, entry] of listOf(spec['exceptions']).entries()) {
    const { policyName, ruleNames } = mapOf(entry);
    const path = ['spec', 'exceptions', i];
    const rules = textsOf(ruleNames);
    if (textOf(policyName) === '') reader.leave(path, 'it names no policyName');
    for (const match of textOf(policyName) === '' ? [] : scopes) {
      reader.add({
        // A policy of a namespace is called by both names.
        checks: [textOf(policyName).split('/').at(-1)!],
        reason: reason || textOf(mapOf(object['metadata'])['name']),
        match,
        wider: rules.includes('*') ? [] : [`the rules ${rules.join(', ')} of the policy`],
        path,
      });
    }
  }
  return reader;
}

function scopesOf({ all, any }: JsonObject, reader: ForeignReader): ExceptionScope[] {
  const every = listOf(all);
  if (every.length > 1 || (every.length === 1 && any !== undefined)) {
    reader.leave(
      ['spec', 'match', 'all'],
      'several blocks that all have to match cannot be said in one exception',
    );
    return [];
  }
  const key = every.length === 1 ? 'all' : 'any';
  return listOf(key === 'all' ? all : any).flatMap((block, i) => {
    const scope = scopeOf(mapOf(block), ['spec', 'match', key, i], reader);
    return scope === undefined ? [] : [scope];
  });
}

function scopeOf(block: JsonObject, at: Path, reader: ForeignReader): ExceptionScope | undefined {
  const stop = (path: Path, reason: string): undefined => {
    reader.leave(path, reason);
    return undefined;
  };
  const foreign = Object.keys(block).find((key) => key !== 'resources');
  if (foreign !== undefined) return stop([...at, foreign], `an exception cannot be limited by ${foreign}`);
  const { kinds, name, names, namespaces, operations, selector, ...rest } = mapOf(block['resources']);
  const [other] = Object.keys(rest);
  if (other !== undefined)
    return stop([...at, 'resources', other], `an exception cannot be limited by ${other}`);
  if (operations !== undefined && !textsOf(operations).some((one) => one === 'CREATE' || one === '*')) {
    return stop([...at, 'resources', 'operations'], 'what is scanned is as if it were created');
  }
  const { matchExpressions, matchLabels } = mapOf(selector);
  if (matchExpressions !== undefined) {
    return stop([...at, 'resources', 'selector'], 'an exception cannot be limited by matchExpressions');
  }
  const list = (value: Json | undefined, key: 'names' | 'namespaces') =>
    textsOf(value).length > 0 && { [key]: textsOf(value) };
  const kindNames = textsOf(kinds).map(kindOf);
  return {
    ...(kindNames.length > 0 && !kindNames.includes('*') && { kinds: kindNames }),
    ...list(namespaces, 'namespaces'),
    ...list(names ?? name, 'names'),
    ...(matchLabels !== undefined && {
      labels: Object.fromEntries(
        Object.entries(mapOf(matchLabels)).map(([key, value]) => [key, textOf(value)]),
      ),
    }),
  };
}

/** The kind of `apps/v1/Deployment` or `Pod/exec`. */
function kindOf(written: string): string {
  return written.split('/').find((part) => /^[A-Z*?]/.test(part)) ?? written;
}
