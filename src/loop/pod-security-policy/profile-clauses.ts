import { any, list, quoted } from './cel-text.ts';
import { type Clause, containerNamed, defaulted, demand } from './clause.ts';
import { effective } from './container-clauses.ts';
import type { PodSecurityPolicy, ProfileRule } from './definition.ts';

/** What a policy demands of the profiles of seccomp and AppArmor. */
export function profileClauses({ appArmor, seccomp }: PodSecurityPolicy): Clause[] {
  return [...seccompClauses(seccomp), ...appArmorClauses(appArmor)];
}

/** How a field writes what an annotation calls `runtime/default`, `unconfined` or `localhost/NAME`. */
export interface ProfileField {
  readonly type: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  readonly localhostProfile?: string;
}

/** The field for a profile of an annotation; undefined for what no field can say. */
export function profileField(profile: string): ProfileField | undefined {
  if (profile === 'runtime/default' || profile === 'docker/default') return { type: 'RuntimeDefault' };
  if (profile === 'unconfined') return { type: 'Unconfined' };
  const name = /^localhost\/(.+)$/.exec(profile)?.[1];
  return name === undefined ? undefined : { type: 'Localhost', localhostProfile: name };
}

/** Whether a profile `s` of a field is one of those that annotations call by these names. */
function isOneOf(profiles: readonly string[]): string {
  const fields = profiles.flatMap((one) => profileField(one) ?? []);
  const types = [...new Set(fields.filter(({ type }) => type !== 'Localhost').map(({ type }) => type))];
  const names = fields.flatMap(({ localhostProfile }) => localhostProfile ?? []);
  return any([
    ...(types.length === 0 ? [] : [`s.type in ${list(types)}`]),
    ...(names.length === 0
      ? []
      : [`(s.type == 'Localhost' && s.?localhostProfile.orValue('') in ${list(names)})`]),
  ]);
}

/** Whether a rule allows a profile, or with '' that there is none. */
function allowsSeccomp({ allowed = [] }: ProfileRule, profile: string): boolean {
  if (allowed.includes('*')) return true;
  if (allowed.length === 0) return profile === '';
  const isDefault = (one: string): boolean => one === 'docker/default' || one === 'runtime/default';
  return allowed.includes(profile) || (isDefault(profile) && allowed.some(isDefault));
}

function seccompClauses(rule: ProfileRule): Clause[] {
  const { allowed = [], byDefault } = rule;
  const isAny = allowed.includes('*');
  if (isAny && byDefault === undefined) return [];
  const isAllowed = isAny ? 'true' : isOneOf(allowed);
  const mayBeUnset = allowsSeccomp(rule, '');
  const ofPod = `object.spec.?securityContext.seccompProfile.optMap(s, ${isAllowed})`;
  const ofContainer = `${effective('seccompProfile')}.optMap(s, ${isAllowed})`;
  const words =
    allowed.length === 0
      ? 'a seccomp profile, which may not be set'
      : `a seccomp profile other than ${allowed.join(', ')}`;
  const afterDefault = byDefault === undefined ? mayBeUnset : allowsSeccomp(rule, byDefault);
  const pod = (unset: boolean): string => `${ofPod}.orValue(${unset}) ? [] : ['the pod']`;
  const containers = (unset: boolean): string =>
    `variables.containers.filter(c, !${ofContainer}.orValue(${unset}))`;
  return [
    defaulted({
      name: 'pod_seccomp',
      field: 'seccomp annotations',
      bad: pod(byDefault === undefined && mayBeUnset),
      badBefore: pod(afterDefault),
      message: `e + ${quoted(` has ${words}`)}`,
    }),
    defaulted({
      name: 'container_seccomp',
      field: 'seccomp annotations',
      // Where the pod's is set by default and missing, the clause above says so.
      bad: containers(byDefault !== undefined || mayBeUnset),
      badBefore: containers(afterDefault),
      message: `${containerNamed} + ${quoted(`has ${words}`)}`,
    }),
  ];
}

/** The AppArmor profile of a container as its annotation says it; '' where there is none. */
export function appArmorAnnotation(container: string): string {
  return `object.metadata.?annotations[?'container.apparmor.security.beta.kubernetes.io/' + ${container}.name].orValue('')`;
}

function appArmorClauses({ allowed, byDefault }: ProfileRule): Clause[] {
  if (allowed === undefined && byDefault === undefined) return [];
  const annotation = appArmorAnnotation('c');
  const isNamed = allowed === undefined ? 'true' : `${annotation} in ${list(allowed)}`;
  const field = `${effective('appArmorProfile')}.optMap(s, ${allowed === undefined ? 'true' : isOneOf(allowed)})`;
  const bad = (unset: boolean): string =>
    `variables.containers.filter(c, ${annotation} != '' ? !(${isNamed}) : !${field}.orValue(${unset}))`;
  const clause = {
    name: 'apparmor',
    field: 'AppArmor annotations',
    message: `${containerNamed} + ${quoted(allowed === undefined ? 'has no AppArmor profile' : `has no AppArmor profile of ${allowed.join(', ')}`)}`,
  };
  if (byDefault === undefined) return [demand({ ...clause, bad: bad(false) })];
  return [defaulted({ ...clause, bad: bad(false), badBefore: bad(allowed?.includes(byDefault) ?? true) })];
}
