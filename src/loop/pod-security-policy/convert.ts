import type { MinorVersion } from '../../catalogue/versions.ts';
import type { JsonObject } from '../../model/object.ts';
import { admissionPolicies } from './admission-policies.ts';
import { defaultsOf } from './defaults.ts';
import type { PodSecurityPolicy } from './definition.ts';
import { type Grants, namespacesOf, reaches } from './grants.ts';
import { impliedLevel, lastLikePolicies, type Level, levels, type Obstacle, obstaclesOf } from './level.ts';
import { profileField } from './profile-clauses.ts';

/** What is converted, and what the cluster is to do with it. */
export interface ConversionOptions {
  readonly policies: readonly PodSecurityPolicy[];
  /** Who may use them; without any grant everybody may use all. */
  readonly grants: Grants;
  readonly version: MinorVersion;
  /** Namespaces to write labels for, beside those that grants name. */
  readonly namespaces: readonly string[];
  /** A level to enforce instead of the one that the policies imply. */
  readonly enforce: Level | undefined;
  /** Whether the admission policies look again at what namespaces enforce. */
  readonly whole: boolean;
  readonly name: string | undefined;
  readonly actions: readonly string[];
  /** Namespaces that are not judged; by default none where grants are known, else `kube-system`. */
  readonly exempt: readonly string[] | undefined;
}

/** What PodSecurityPolicies become. */
export interface Conversion {
  /** Namespaces with labels, then the mutating policy and its binding, then the validating one and its binding. */
  readonly objects: readonly JsonObject[];
  /** The level that pods of the policies need, over all namespaces. */
  readonly level: Level;
  /** The labels of a namespace at that level, for namespaces that nobody named. */
  readonly labels: Readonly<Record<string, string>>;
  /** What keeps namespaces from stricter levels. */
  readonly obstacles: readonly Obstacle[];
  /** What is not, or not in the same way, carried over. */
  readonly notes: readonly string[];
}

/** Mutating policies are served as v1beta1 from here on, as v1 from {@link firstMutatingV1} on. */
const firstMutating: MinorVersion = 34;
const firstMutatingV1: MinorVersion = 36;

/** What an expression that asks an authorizer costs, and what a policy may cost (apiserver `pkg/apis/cel/config.go`). */
const questionCost = 350_000;
const policyBudget = 10_000_000;

/**
 * Turns PodSecurityPolicies into labels for Pod Security admission, which ask as much as refuses no pod that was admitted,
 * and admission policies for everything else that they forbade and filled in.
 */
export function convert(options: ConversionOptions): Conversion {
  const { actions, enforce, grants, policies, version, whole } = options;
  const isGranted = grants.grants.length > 0;
  const obstacles = policies.flatMap(obstaclesOf);
  const ofPolicy = (policy: string): Level =>
    enforce ?? impliedLevel(obstacles.filter((one) => one.policy === policy));
  const level = weakest(policies.map(({ name }) => ofPolicy(name)));
  const namespaces = [...new Set([...options.namespaces, ...namespacesOf(grants.grants)])].sort();
  const labelled = namespaces.flatMap((name): { name: string; level: Level }[] => {
    if (!isGranted) return [{ name, level }];
    const usable = policies.filter((policy) =>
      grants.grants.some((grant) => grant.policy === policy.name && reaches(grant, name)),
    );
    return usable.length === 0
      ? []
      : [{ name, level: weakest(usable.map((policy) => ofPolicy(policy.name))) }];
  });
  const weakestLabel = weakest([...labelled.map((one) => one.level), ...(isGranted ? [] : [level])]);
  const name = options.name ?? (policies.length === 1 ? `psp-${policies[0]!.name}` : 'pod-security-policies');
  const { mutating, validating } = admissionPolicies(policies, {
    name,
    mutatingVersion:
      version < firstMutating
        ? undefined
        : `admissionregistration.k8s.io/${version < firstMutatingV1 ? 'v1beta1' : 'v1'}`,
    enforced: whole || (isGranted && labelled.length === 0) ? 'privileged' : weakestLabel,
    useGroups: isGranted
      ? (policy) => {
          const own = grants.grants.filter((grant) => grant.policy === policy).map(({ group }) => group);
          return own.length === 0 ? ['policy'] : [...new Set(own)].sort().reverse();
        }
      : undefined,
    actions,
    exempt: options.exempt ?? (isGranted ? [] : ['kube-system']),
  });
  return {
    objects: [
      ...labelled.map((one) => namespaceObject(one.name, labelsOf(one.level, version))),
      ...(mutating ?? []),
      ...(validating ?? []),
    ],
    level,
    labels: labelsOf(level, version),
    obstacles,
    notes: notesOn(options, namespaces.length - labelled.length),
  };
}

function weakest(found: readonly Level[]): Level {
  return levels.find((level) => found.includes(level)) ?? 'privileged';
}

/** Labels that enforce a level, and warn of what the next one would refuse. */
function labelsOf(level: Level, version: MinorVersion): Record<string, string> {
  const next = levels[Math.min(levels.indexOf(level) + 1, levels.length - 1)]!;
  const enforced = Math.min(version, lastLikePolicies);
  return {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/enforce-version': `v1.${enforced}`,
    'pod-security.kubernetes.io/audit': next,
    'pod-security.kubernetes.io/audit-version': `v1.${version}`,
    'pod-security.kubernetes.io/warn': next,
    'pod-security.kubernetes.io/warn-version': `v1.${version}`,
  };
}

function namespaceObject(name: string, labels: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function notesOn(options: ConversionOptions, unused: number): string[] {
  const { enforce, exempt, grants, namespaces, policies, version } = options;
  const isGranted = grants.grants.length > 0;
  const notes: string[] = [];
  if (!isGranted) {
    notes.push(
      'no Role in the input grants the use of a policy, so every pod may use each of them; add the Roles and bindings to have that asked',
    );
    if (exempt === undefined) notes.push('kube-system is not judged: --exempt-namespace "" changes that');
  } else {
    notes.push(
      'who may use which policy is asked of the cluster at every pod: keep the Roles and bindings that grant the verb "use"',
    );
    for (const { name } of policies) {
      if (!grants.grants.some(({ policy }) => policy === name)) {
        notes.push(
          `${name}: no Role in the input lets anybody use it, so only those may who may do everything`,
        );
      }
    }
    const questions = policies.length * 2;
    if (questions * questionCost > policyBudget) {
      notes.push(
        `asking for ${policies.length} policies may cost more than the API server lets a policy cost: such pods are refused; convert fewer together`,
      );
    }
  }
  for (const binding of grants.wildcards) {
    notes.push(
      `${binding} allows everything, the use of every policy too; its pods now have to keep to the label of their namespace`,
    );
  }
  for (const binding of grants.dangling)
    notes.push(`${binding}: its role is not in the input, so what it grants is not known`);
  if (unused > 0)
    notes.push(
      `${unused} of the namespaces get no label: no ServiceAccount of them may use a policy, so they admit no pods`,
    );
  if (policies.length > 1) {
    notes.push(
      'of several policies the first by name that takes a pod as it is counts, else the first that takes it with its own defaults; all stand in one admission policy for this reason',
    );
  }
  if (enforce !== undefined) {
    const refused = policies
      .flatMap(obstaclesOf)
      .filter(({ level }) => levels.indexOf(level) <= levels.indexOf(enforce));
    if (refused.length > 0)
      notes.push(
        `--enforce ${enforce} refuses pods that the policies admitted: see what is in the way of it`,
      );
  }
  if (namespaces.length === 0 && (!isGranted || namespacesOf(grants.grants).length === 0)) {
    notes.push('no namespace is known: label those with pods as below, or name them with --namespace');
  }
  notes.push(
    'namespaces that are made later need the labels too, or defaults in the configuration of the API server (PodSecurityConfiguration); --whole makes the admission policies do without',
  );
  if (version < firstMutating && policies.some((policy) => defaultsOf(policy).length > 0)) {
    notes.push(
      `Kubernetes 1.${version} has no mutating policies (they came with 1.${firstMutating}): what the policies filled in is now demanded of the pods`,
    );
  }
  for (const policy of policies) notes.push(...notesOnPolicy(policy));
  notes.push(
    'the annotation kubernetes.io/psp, which named the policy that took a pod, is not written any more',
  );
  return notes;
}

function notesOnPolicy({ appArmor, name, seccomp, volumes }: PodSecurityPolicy): string[] {
  const notes: string[] = [];
  const rules = [
    ['seccomp', seccomp],
    ['AppArmor', appArmor],
  ] as const;
  for (const [what, { allowed = [], byDefault }] of rules) {
    const odd = [...allowed, ...(byDefault === undefined ? [] : [byDefault])].filter(
      (one) => one !== '' && (one !== '*' || what === 'AppArmor') && profileField(one) === undefined,
    );
    if (odd.length > 0)
      notes.push(
        `${name}: no ${what} field can say the profile ${[...new Set(odd)].join(', ')}; it allows nothing`,
      );
  }
  if (seccomp.byDefault !== undefined && seccomp.allowed === undefined) {
    notes.push(
      `${name}: it sets a seccomp profile by default and allows none, so it admitted no pod that had none; this stays so`,
    );
  }
  if (seccomp.allowed !== undefined || seccomp.byDefault !== undefined) {
    notes.push(
      `${name}: pods that still set seccomp by annotation set nothing since Kubernetes 1.27; they need the field seccompProfile`,
    );
  }
  if (appArmor.byDefault !== undefined) {
    notes.push(
      `${name}: the AppArmor default is written into the field appArmorProfile, which the cluster has since Kubernetes 1.30`,
    );
  }
  if (volumes.includes('*'))
    notes.push(`${name}: "*" allows kinds of volumes, too, that came after PodSecurityPolicies`);
  return notes;
}
