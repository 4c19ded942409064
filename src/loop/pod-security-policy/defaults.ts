import { list, quoted } from './cel-text.ts';
import type { PodSecurityPolicy, ProfileRule, SeLinuxOptions } from './definition.ts';
import { effective } from './container-clauses.ts';
import { appArmorAnnotation, type ProfileField, profileField } from './profile-clauses.ts';

/** Something that a PodSecurityPolicy fills in where a pod leaves it out. */
export interface Default {
  /** The field of the PodSecurityPolicy. */
  readonly field: string;
  /** Whose field is filled in: of the pod's `spec`, its security context, or the security context of a container `c.is`. */
  readonly of: 'spec' | 'pod' | 'container';
  readonly key: string;
  /** CEL: whether it is left out. */
  readonly isUnset: string;
  /** CEL: what is filled in. */
  readonly value: string;
}

/** What a policy fills in, in the order in which its admission did. */
export function defaultsOf(policy: PodSecurityPolicy): Default[] {
  return [...ofPod(policy), ...ofContainers(policy)];
}

function ofPod({
  fsGroup,
  runtimeClass,
  seccomp,
  seLinux,
  supplementalGroups,
}: PodSecurityPolicy): Default[] {
  const unset = (key: string): string => `!object.spec.?securityContext.${key}.hasValue()`;
  const found: Default[] = [];
  const add = (field: string, key: string, value: string): void => {
    found.push({ field, of: 'pod', key, isUnset: unset(key), value });
  };
  if (supplementalGroups.rule === 'MustRunAs') {
    add('supplementalGroups', 'supplementalGroups', `[${supplementalGroups.ranges[0]!.min}]`);
  }
  if (fsGroup.rule === 'MustRunAs') add('fsGroup', 'fsGroup', String(fsGroup.ranges[0]!.min));
  if (seLinux !== undefined) add('seLinux', 'seLinuxOptions', seLinuxValue(seLinux));
  const profile = defaultProfile(seccomp);
  if (profile !== undefined) add('seccomp annotations', 'seccompProfile', profileValue(profile));
  if (runtimeClass?.byDefault !== undefined) {
    found.push({
      field: 'runtimeClass',
      of: 'spec',
      key: 'runtimeClassName',
      isUnset: '!object.spec.?runtimeClassName.hasValue()',
      value: quoted(runtimeClass.byDefault),
    });
  }
  return found;
}

function ofContainers(policy: PodSecurityPolicy): Default[] {
  const own = (key: string): string => `!c.is.?securityContext.${key}.hasValue()`;
  const both = (key: string): string => `!${effective(key, 'c.is')}.hasValue()`;
  const found: Default[] = [];
  const add = (field: string, key: string, isUnset: string, value: string): void => {
    found.push({ field, of: 'container', key, isUnset, value });
  };
  const { runAsGroup, runAsUser } = policy;
  if (runAsUser.rule === 'MustRunAs') {
    add('runAsUser', 'runAsUser', both('runAsUser'), String(runAsUser.ranges[0]!.min));
  }
  if (runAsGroup.rule === 'MustRunAs') {
    add('runAsGroup', 'runAsGroup', both('runAsGroup'), String(runAsGroup.ranges[0]!.min));
  }
  const profile = defaultProfile(policy.appArmor);
  if (profile !== undefined) {
    const isUnset = `${appArmorAnnotation('c.is')} == '' && ${both('appArmorProfile')}`;
    add('AppArmor annotations', 'appArmorProfile', isUnset, profileValue(profile));
  }
  if (runAsUser.rule === 'MustRunAsNonRoot') {
    add('runAsUser', 'runAsNonRoot', `${both('runAsNonRoot')} && ${both('runAsUser')}`, 'true');
  }
  found.push(...capabilities(policy));
  if (policy.readOnlyRootFilesystem) {
    add('readOnlyRootFilesystem', 'readOnlyRootFilesystem', own('readOnlyRootFilesystem'), 'true');
  }
  const escalation =
    policy.defaultAllowPrivilegeEscalation ?? (policy.allowPrivilegeEscalation ? undefined : false);
  if (escalation !== undefined) {
    const field =
      policy.defaultAllowPrivilegeEscalation === undefined
        ? 'allowPrivilegeEscalation'
        : 'defaultAllowPrivilegeEscalation';
    add(field, 'allowPrivilegeEscalation', own('allowPrivilegeEscalation'), String(escalation));
  }
  return found;
}

function capabilities({ defaultAddCapabilities, requiredDropCapabilities }: PodSecurityPolicy): Default[] {
  if (defaultAddCapabilities.length + requiredDropCapabilities.length === 0) return [];
  const added = 'c.is.?securityContext.capabilities.add.orValue([])';
  const dropped = 'c.is.?securityContext.capabilities.drop.orValue([])';
  const union = (written: string, more: readonly string[], keep = ''): string =>
    more.length === 0
      ? `${written}.distinct().sort()`
      : `(${written} + ${list(more)}${keep}).distinct().sort()`;
  const adds = union(added, defaultAddCapabilities, `.filter(k, !(k in ${dropped}))`);
  const drops = union(dropped, requiredDropCapabilities);
  const value = `${adds}.size() == 0 ? {'drop': dyn(${drops})} : ${drops}.size() == 0 ? {'add': dyn(${adds})} : {'add': dyn(${adds}), 'drop': dyn(${drops})}`;
  const isUnset = [
    ...(defaultAddCapabilities.length === 0
      ? []
      : [`!${list(defaultAddCapabilities)}.all(k, k in ${added} || k in ${dropped})`]),
    ...(requiredDropCapabilities.length === 0
      ? []
      : [`!${list(requiredDropCapabilities)}.all(k, k in ${dropped})`]),
  ].join(' || ');
  const field = 'defaultAddCapabilities, requiredDropCapabilities';
  return [{ field, of: 'container', key: 'capabilities', isUnset, value }];
}

function defaultProfile({ byDefault }: ProfileRule): ProfileField | undefined {
  return byDefault === undefined ? undefined : profileField(byDefault);
}

function profileValue({ localhostProfile, type }: ProfileField): string {
  const name = localhostProfile === undefined ? '' : `, 'localhostProfile': ${quoted(localhostProfile)}`;
  return `{'type': ${quoted(type)}${name}}`;
}

function seLinuxValue(options: SeLinuxOptions): string {
  const parts = (['user', 'role', 'type', 'level'] as const).filter((key) => options[key] !== '');
  return `{${parts.map((key) => `'${key}': ${quoted(options[key])}`).join(', ')}}`;
}

/**
 * The defaults with `runAsNonRoot: true` in every container that leaves it out, where the policy has somebody else than
 * root run all of them: it changes nothing for them, but a namespace that enforces `restricted` asks for it.
 */
export function withNonRoot(
  { runAsUser: { rule } }: PodSecurityPolicy,
  defaults: readonly Default[],
): readonly Default[] {
  if (rule !== 'MustRunAsNonRoot') return defaults;
  const isUnset = `!${effective('runAsNonRoot', 'c.is')}.hasValue()`;
  return defaults.map((one) => (one.key === 'runAsNonRoot' ? { ...one, isUnset } : one));
}
