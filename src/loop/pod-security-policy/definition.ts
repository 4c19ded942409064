import type { Json, JsonObject, Path } from '../../model/object.ts';

/** A range of user or group ids or of ports, both ends inclusive. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A rule about ids: any, one of the ranges, or (`MayRunAs`) one of the ranges where an id is set at all. */
export interface IdRule {
  readonly rule: 'MustRunAs' | 'MayRunAs' | 'RunAsAny' | 'MustRunAsNonRoot';
  readonly ranges: readonly Range[];
}

/** What SELinux labels have to be; undefined for any. */
export type SeLinuxOptions = Readonly<Record<'user' | 'role' | 'type' | 'level', string>>;

/** A profile of seccomp or AppArmor as annotations write it: `runtime/default`, `unconfined`, `localhost/NAME`. */
export interface ProfileRule {
  /** What pods without a profile get; undefined for none. */
  readonly byDefault: string | undefined;
  /** What is allowed, `*` for everything; undefined where the annotation is not there. */
  readonly allowed: readonly string[] | undefined;
}

/**
 * A PodSecurityPolicy with its defaults filled in.
 *
 * Source: `policy/v1beta1` of Kubernetes 1.24, its last version.
 */
export interface PodSecurityPolicy {
  readonly name: string;
  readonly privileged: boolean;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  readonly hostPorts: readonly Range[];
  readonly defaultAddCapabilities: readonly string[];
  readonly requiredDropCapabilities: readonly string[];
  readonly allowedCapabilities: readonly string[];
  readonly volumes: readonly string[];
  readonly allowedHostPaths: readonly { readonly pathPrefix: string; readonly readOnly: boolean }[];
  readonly allowedFlexVolumes: readonly string[];
  readonly allowedCSIDrivers: readonly string[];
  readonly allowedUnsafeSysctls: readonly string[];
  readonly forbiddenSysctls: readonly string[];
  readonly seLinux: SeLinuxOptions | undefined;
  readonly runAsUser: IdRule;
  readonly runAsGroup: IdRule;
  readonly fsGroup: IdRule;
  readonly supplementalGroups: IdRule;
  readonly readOnlyRootFilesystem: boolean;
  readonly allowPrivilegeEscalation: boolean;
  readonly defaultAllowPrivilegeEscalation: boolean | undefined;
  readonly allowedProcMountTypes: readonly string[];
  readonly runtimeClass:
    | { readonly allowed: readonly string[]; readonly byDefault: string | undefined }
    | undefined;
  readonly seccomp: ProfileRule;
  readonly appArmor: ProfileRule;
}

/** A mistake in a PodSecurityPolicy, or a part that nothing is made of. */
export interface DefinitionProblem {
  readonly path: Path;
  readonly reason: string;
}

/** The annotations of a PodSecurityPolicy that mean something. */
const annotationKeys = {
  seccompDefault: 'seccomp.security.alpha.kubernetes.io/defaultProfileName',
  seccompAllowed: 'seccomp.security.alpha.kubernetes.io/allowedProfileNames',
  appArmorDefault: 'apparmor.security.beta.kubernetes.io/defaultProfileName',
  appArmorAllowed: 'apparmor.security.beta.kubernetes.io/allowedProfileNames',
} as const;

/** Whether an object is a PodSecurityPolicy, of either API group that served it. */
export function isPodSecurityPolicy({ apiVersion, kind }: JsonObject): boolean {
  return (
    kind === 'PodSecurityPolicy' && (apiVersion === 'policy/v1beta1' || apiVersion === 'extensions/v1beta1')
  );
}

/**
 * Reads a PodSecurityPolicy. Everything that is wrong is told; a policy with a mistake is not converted, since the API
 * server refused to store it. `unused` are fields that mean nothing.
 */
export function readPodSecurityPolicy(object: JsonObject): {
  readonly policy: PodSecurityPolicy | undefined;
  readonly problems: readonly DefinitionProblem[];
  readonly unused: readonly DefinitionProblem[];
} {
  const reader = new Reader();
  const policy = reader.policy(object);
  const { problems, unused } = reader;
  return { policy: problems.length === 0 ? policy : undefined, problems, unused };
}

const strategies = {
  runAsUser: ['MustRunAs', 'MustRunAsNonRoot', 'RunAsAny'],
  runAsGroup: ['MustRunAs', 'MayRunAs', 'RunAsAny'],
  fsGroup: ['MustRunAs', 'MayRunAs', 'RunAsAny'],
  supplementalGroups: ['MustRunAs', 'MayRunAs', 'RunAsAny'],
} as const;

const specFields = [
  'privileged',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostPorts',
  'defaultAddCapabilities',
  'requiredDropCapabilities',
  'allowedCapabilities',
  'volumes',
  'allowedHostPaths',
  'allowedFlexVolumes',
  'allowedCSIDrivers',
  'allowedUnsafeSysctls',
  'forbiddenSysctls',
  'seLinux',
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'supplementalGroups',
  'readOnlyRootFilesystem',
  'allowPrivilegeEscalation',
  'defaultAllowPrivilegeEscalation',
  'allowedProcMountTypes',
  'runtimeClass',
];

class Reader {
  readonly problems: DefinitionProblem[] = [];
  readonly unused: DefinitionProblem[] = [];

  policy(object: JsonObject): PodSecurityPolicy {
    const metadata = this.map(object, [], 'metadata') ?? {};
    const { name } = metadata;
    if (typeof name !== 'string' || name === '') this.wrong(['metadata', 'name'], 'a policy needs a name');
    const spec = this.map(object, [], 'spec') ?? {};
    for (const key of Object.keys(spec)) {
      if (!specFields.includes(key)) {
        this.unused.push({ path: ['spec', key], reason: `a PodSecurityPolicy has no field "${key}"` });
      }
    }
    const at: Path = ['spec'];
    const flag = (key: string): boolean => this.boolean(spec, at, key) ?? false;
    const texts = (key: string): readonly string[] => this.strings(spec, at, key);
    const policy: PodSecurityPolicy = {
      name: typeof name === 'string' ? name : '',
      privileged: flag('privileged'),
      hostNetwork: flag('hostNetwork'),
      hostPID: flag('hostPID'),
      hostIPC: flag('hostIPC'),
      hostPorts: this.ranges(spec, at, 'hostPorts'),
      defaultAddCapabilities: texts('defaultAddCapabilities'),
      requiredDropCapabilities: texts('requiredDropCapabilities'),
      allowedCapabilities: texts('allowedCapabilities'),
      volumes: texts('volumes'),
      allowedHostPaths: this.maps(spec, at, 'allowedHostPaths').map(([one, path]) => ({
        pathPrefix: this.required(one, path, 'pathPrefix'),
        readOnly: this.boolean(one, path, 'readOnly') ?? false,
      })),
      allowedFlexVolumes: this.named(spec, 'allowedFlexVolumes', 'driver'),
      allowedCSIDrivers: this.named(spec, 'allowedCSIDrivers', 'name'),
      allowedUnsafeSysctls: texts('allowedUnsafeSysctls'),
      forbiddenSysctls: texts('forbiddenSysctls'),
      seLinux: this.seLinux(spec),
      runAsUser: this.idRule(spec, 'runAsUser'),
      runAsGroup:
        spec['runAsGroup'] === undefined ? { rule: 'RunAsAny', ranges: [] } : this.idRule(spec, 'runAsGroup'),
      fsGroup: this.idRule(spec, 'fsGroup'),
      supplementalGroups: this.idRule(spec, 'supplementalGroups'),
      readOnlyRootFilesystem: flag('readOnlyRootFilesystem'),
      allowPrivilegeEscalation: this.boolean(spec, at, 'allowPrivilegeEscalation') ?? true,
      defaultAllowPrivilegeEscalation: this.boolean(spec, at, 'defaultAllowPrivilegeEscalation'),
      allowedProcMountTypes: texts('allowedProcMountTypes'),
      runtimeClass: this.runtimeClass(spec),
      ...this.profiles(metadata),
    };
    this.contradictions(policy);
    return policy;
  }

  private contradictions(policy: PodSecurityPolicy): void {
    const { allowedCapabilities: allowed, requiredDropCapabilities: dropped } = policy;
    if (dropped.length > 0 && allowed.includes('*')) {
      this.wrong(
        ['spec', 'requiredDropCapabilities'],
        'must be empty where all capabilities are allowed ("*")',
      );
    }
    for (const field of ['defaultAddCapabilities', 'allowedCapabilities'] as const) {
      const both = policy[field].find((one) => dropped.includes(one));
      if (both !== undefined) {
        this.wrong(['spec', field], `${both} has to be dropped as well (requiredDropCapabilities)`);
      }
    }
    if (policy.defaultAllowPrivilegeEscalation === true && !policy.allowPrivilegeEscalation) {
      this.wrong(
        ['spec', 'defaultAllowPrivilegeEscalation'],
        'is true while allowPrivilegeEscalation is false',
      );
    }
  }

  private profiles(metadata: JsonObject): Pick<PodSecurityPolicy, 'seccomp' | 'appArmor'> {
    const annotations = this.map(metadata, ['metadata'], 'annotations', false) ?? {};
    const text = (key: string): string | undefined =>
      annotations[key] === undefined ? undefined : this.text(annotations, ['metadata', 'annotations'], key);
    const rule = (byDefault: string, allowed: string): ProfileRule => {
      const given = text(byDefault);
      return {
        byDefault: given === '' ? undefined : given,
        allowed: text(allowed)?.split(','),
      };
    };
    return {
      seccomp: rule(annotationKeys.seccompDefault, annotationKeys.seccompAllowed),
      appArmor: rule(annotationKeys.appArmorDefault, annotationKeys.appArmorAllowed),
    };
  }

  private seLinux(spec: JsonObject): SeLinuxOptions | undefined {
    const at = ['spec', 'seLinux'];
    const strategy = this.map(spec, ['spec'], 'seLinux');
    if (strategy === undefined) return undefined;
    if (this.rule(strategy, at, ['MustRunAs', 'RunAsAny']) !== 'MustRunAs') return undefined;
    const options = this.map(strategy, at, 'seLinuxOptions');
    const text = (key: string): string =>
      options?.[key] === undefined ? '' : (this.text(options, [...at, 'seLinuxOptions'], key) ?? '');
    return { user: text('user'), role: text('role'), type: text('type'), level: text('level') };
  }

  private idRule(spec: JsonObject, key: keyof typeof strategies): IdRule {
    const at = ['spec', key];
    const strategy = this.map(spec, ['spec'], key);
    if (strategy === undefined) return { rule: 'RunAsAny', ranges: [] };
    const rule = this.rule(strategy, at, strategies[key]);
    const ranges = this.ranges(strategy, at, 'ranges');
    if ((rule === 'MustRunAs' || rule === 'MayRunAs') && ranges.length === 0) {
      this.wrong(at, `${rule} needs ranges; the API server never used this policy`);
    }
    return { rule, ranges };
  }

  private rule<T extends string>(strategy: JsonObject, at: Path, rules: readonly T[]): T {
    const { rule } = strategy;
    const found = rules.find((one) => one === rule);
    if (found === undefined) this.wrong([...at, 'rule'], `must be one of ${rules.join(', ')}`);
    return found ?? rules.at(-1)!;
  }

  private runtimeClass(spec: JsonObject): PodSecurityPolicy['runtimeClass'] {
    if (spec['runtimeClass'] === undefined) return undefined;
    const at = ['spec', 'runtimeClass'];
    const strategy = this.map(spec, ['spec'], 'runtimeClass');
    if (strategy === undefined) return undefined;
    const byDefault =
      strategy['defaultRuntimeClassName'] === undefined
        ? undefined
        : this.text(strategy, at, 'defaultRuntimeClassName');
    return { allowed: this.strings(strategy, at, 'allowedRuntimeClassNames'), byDefault };
  }

  private named(spec: JsonObject, list: string, key: string): readonly string[] {
    return this.maps(spec, ['spec'], list).map(([one, path]) => this.required(one, path, key));
  }

  private ranges(fields: JsonObject, at: Path, key: string): readonly Range[] {
    return this.maps(fields, at, key).flatMap(([{ min, max }, path]) => {
      if (isWhole(min) && isWhole(max) && min <= max) return [{ min, max }];
      this.wrong(path, 'a range needs whole numbers min and max, 0 <= min <= max');
      return [];
    });
  }

  private maps(fields: JsonObject, at: Path, key: string): [JsonObject, Path][] {
    const path = [...at, key];
    return this.list(fields, at, key).flatMap((one, i): [JsonObject, Path][] => {
      if (isMap(one)) return [[one, [...path, i]]];
      this.wrong([...path, i], 'must be a map');
      return [];
    });
  }

  private strings(fields: JsonObject, at: Path, key: string): readonly string[] {
    return this.list(fields, at, key).flatMap((one, i) => {
      if (typeof one === 'string') return [one];
      this.wrong([...at, key, i], 'must be a string');
      return [];
    });
  }

  private list(fields: JsonObject, at: Path, key: string): readonly Json[] {
    const value = fields[key];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.wrong([...at, key], 'must be a list');
    return [];
  }

  private map(fields: JsonObject, at: Path, key: string, isRequired = true): JsonObject | undefined {
    const value = fields[key];
    if (isMap(value)) return value;
    if (value === undefined || value === null) {
      if (isRequired) this.wrong([...at, key], 'is required');
    } else this.wrong([...at, key], 'must be a map');
    return undefined;
  }

  private boolean(fields: JsonObject, at: Path, key: string): boolean | undefined {
    const value = fields[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'boolean') return value;
    this.wrong([...at, key], 'must be true or false');
    return undefined;
  }

  private required(fields: JsonObject, at: Path, key: string): string {
    const value = this.text(fields, at, key) ?? '';
    if (value === '') this.wrong([...at, key], 'is required');
    return value;
  }

  private text(fields: JsonObject, at: Path, key: string): string | undefined {
    const value = fields[key];
    if (typeof value === 'string') return value;
    if (value !== undefined && value !== null) this.wrong([...at, key], 'must be a string');
    return undefined;
  }

  private wrong(path: Path, reason: string): void {
    this.problems.push({ path, reason });
  }
}

function isMap(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isWhole(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
