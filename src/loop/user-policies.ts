import { kindRegistry } from '../kube/kinds.ts';
import { type Collection, collectManifests, type Manifest } from '../collect/manifests.ts';
import type { Problem } from '../model/finding.ts';
import type { JsonObject } from '../model/object.ts';
import { compareSeverity, type Severity } from '../model/severity.ts';
import { type CompiledBinding, isPolicyApi, type PolicyCompiler } from '../policy/index.ts';
import { manifestLocator } from './manifest-locator.ts';
import { foreignPolicies, insteadOfPolicies } from './foreign-policies.ts';
import { parameterBindings } from './parameter-bindings.ts';
import type { Rule } from './ruleset.ts';

/** The policies that the user brings with `--policy`. */
export interface UserPolicies {
  readonly rules: readonly Rule[];
  /** The other objects beside them: parameters. */
  readonly objects: readonly JsonObject[];
  readonly problems: readonly Problem[];
}

/** No policies of one's own. */
export const noUserPolicies: UserPolicies = { rules: [], objects: [], problems: [] };

/**
 * Reads policies, bindings and parameters from files and folders. A policy without a binding is judged as bound to
 * everything with Deny, and a warning says so. Ids that are `taken` belong to controls of the catalogue. What was
 * `collected` from the paths already is not read again.
 */
export function readUserPolicies(
  paths: readonly string[],
  cwd: string,
  compiler: PolicyCompiler,
  taken: { has(id: string): boolean },
  collected: Collection = collectManifests(paths, { cwd, exclude: [] }),
): UserPolicies {
  const { manifests, problems: unread } = collected;
  const problems = [...unread];
  const bindings: { binding: CompiledBinding; used: boolean; manifest: Manifest }[] = [];
  const rules: Rule[] = [];
  const ofKind = (kind: string): readonly Manifest[] =>
    manifests.filter(({ value }) => isPolicyApi(value, kind));
  const foreign = foreignPolicies(manifests);
  problems.push(...foreign);
  const objects = manifests.map(({ value }) => value);
  const kinds = kindRegistry(objects);
  for (const manifest of ofKind('ValidatingAdmissionPolicyBinding')) {
    const compiled = compiler.compileBinding(manifest.value, manifestLocator(manifest));
    problems.push(...compiled.problems);
    if (compiled.binding !== undefined) bindings.push({ binding: compiled.binding, used: false, manifest });
  }
  const policies = ofKind('ValidatingAdmissionPolicy');
  const seen = new Map<string, string>();
  for (const manifest of policies) {
    const { policy, problems: own } = compiler.compilePolicy(manifest.value, manifestLocator(manifest));
    problems.push(
      ...own.map(({ file, line, column, severity, reason }) => ({ file, line, column, severity, reason })),
    );
    if (policy === undefined) continue;
    const first = seen.get(policy.name);
    if (first !== undefined) {
      const reason = `there is a policy "${policy.name}" in ${first} already: of two with one name a cluster keeps the last`;
      problems.push({ ...manifestLocator(manifest)(['metadata', 'name']), severity: 'error', reason });
      continue;
    }
    seen.set(policy.name, manifest.origin.file);
    const bound = bindings.filter(({ binding }) => binding.definition.policyName === policy.name);
    for (const one of bound) one.used = true;
    const made: CompiledBinding[] = [];
    if (bound.length === 0) {
      const { bindings: written, what } = parameterBindings(policy, objects, kinds);
      made.push(
        ...written.flatMap((one) => compiler.compileBinding(one, manifestLocator(manifest)).binding ?? []),
      );
      const reason = `policy "${policy.name}" has no binding here: it is judged as bound to ${what}`;
      problems.push({ ...manifestLocator(manifest)(['metadata', 'name']), severity: 'warning', reason });
    }
    const id = idOf(policy.name, taken);
    const all = [...bound.map(({ binding }) => binding), ...made];
    const rulesOf = all.map((binding) => ruleOf(id, manifest, { policy, binding }));
    rules.push(
      ...(all.length === 0
        ? [ruleOf(id, manifest, { policy, binding: undefined })]
        : rulesOf.sort(bySeverity)),
    );
  }
  for (const { binding, used, manifest } of bindings) {
    if (used) continue;
    const reason = `binding "${binding.name}" names policy "${binding.definition.policyName}", which is not among the policies`;
    problems.push({ ...manifestLocator(manifest)(['spec', 'policyName']), severity: 'warning', reason });
  }
  if (policies.length === 0 && unread.every(({ severity }) => severity !== 'error')) {
    const reason = `there is no ValidatingAdmissionPolicy here${insteadOfPolicies(foreign)}`;
    problems.push({ file: paths.join(' '), line: 0, column: 0, severity: 'error', reason });
  }
  return { rules, objects, problems };
}

/** The ids that {@link readUserPolicies} gives the policies among these objects. */
export function policyIds(
  { manifests }: Collection,
  taken: { has(id: string): boolean },
): ReadonlySet<string> {
  const policies = manifests.filter(({ value }) => isPolicyApi(value, 'ValidatingAdmissionPolicy'));
  return new Set(policies.map(({ reference }) => idOf(reference.name, taken)));
}

/** A control of the catalogue keeps its name; a policy of the same name gets another. */
function idOf(written: string, taken: { has(id: string): boolean }): string {
  const name = written === '' ? '(no name)' : written;
  return taken.has(name) ? `policy/${name}` : name;
}

const bySeverity = (a: Rule, b: Rule): number => compareSeverity(a.severity, b.severity);

/** A policy says how bad its failures are by what its binding does with them. */
function ruleOf(id: string, { origin, reference, value }: Manifest, bound: Rule['bound']): Rule {
  const actions = bound.binding?.definition.validationActions ?? ['Deny'];
  const severity: Severity = actions.includes('Deny') ? 'high' : actions.includes('Warn') ? 'medium' : 'low';
  const annotations = ((value['metadata'] as JsonObject | undefined)?.['annotations'] ?? {}) as JsonObject;
  const described = annotations['description'] ?? annotations['kubernetes.io/description'];
  return {
    id,
    metadata: {
      title: `policy "${reference.name}" of ${origin.file}`,
      practice: 10,
      severity,
      why: typeof described === 'string' ? described : '',
      fix: '',
      frameworks: {},
      aliases: {},
      references: [],
    },
    severity,
    bound,
    isOwn: true,
    parameters: [],
  };
}
