import { any, inRanges, list, matches, quoted, rangesText } from './cel-text.ts';
import { type Clause, defaulted, demand } from './clause.ts';
import type { IdRule, PodSecurityPolicy } from './definition.ts';

/** The sysctls that Kubernetes 1.24 called safe: these a PodSecurityPolicy allows unless it forbids them. */
export const safeSysctls: readonly string[] = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];

/** What a policy demands of the pod as a whole. */
export function podClauses(policy: PodSecurityPolicy): Clause[] {
  return [
    ...namespaces(policy),
    ...fileGroup(policy.fsGroup),
    ...moreGroups(policy.supplementalGroups),
    sysctls(policy),
    ...runtimeClass(policy),
  ];
}

function namespaces(policy: PodSecurityPolicy): Clause[] {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => !policy[field]);
  if (shared.length === 0) return [];
  return [
    demand({
      name: 'host_namespaces',
      field: shared.join(', '),
      bad: shared
        .map((field) => `(object.spec.?${field}.orValue(false) ? [${quoted(field)}] : [])`)
        .join(' + '),
      message: `'the pod sets ' + e`,
      inBaseline: true,
    }),
  ];
}

function fileGroup({ rule, ranges }: IdRule): Clause[] {
  if (rule !== 'MustRunAs' && rule !== 'MayRunAs') return [];
  const isInside = `object.spec.?securityContext.fsGroup.optMap(id, ${inRanges('id', ranges)})`;
  const clause = {
    name: 'file_group',
    field: 'fsGroup',
    message: `'the pod has ' + e + ${quoted(` outside of ${rangesText(ranges)}`)}`,
  };
  const lenient = `${isInside}.orValue(true) ? [] : ['an fsGroup']`;
  if (rule === 'MayRunAs') return [demand({ ...clause, bad: lenient })];
  return [
    defaulted({ ...clause, bad: `${isInside}.orValue(false) ? [] : ['an fsGroup']`, badBefore: lenient }),
  ];
}

function moreGroups({ rule, ranges }: IdRule): Clause[] {
  if (rule !== 'MustRunAs' && rule !== 'MayRunAs') return [];
  const groups = 'object.spec.?securityContext.supplementalGroups.orValue([])';
  const outside = `${groups}.filter(id, !(${inRanges('id', ranges)})).map(id, 'group ' + string(id))`;
  const clause = {
    name: 'supplemental_groups',
    field: 'supplementalGroups',
    message: `'of the supplementalGroups, ' + e + ${quoted(` is outside of ${rangesText(ranges)}`)}`,
  };
  if (rule === 'MayRunAs') return [demand({ ...clause, bad: outside })];
  const bad = `(${groups}.size() == 0 ? ['none at all'] : []) + ${outside}`;
  return [defaulted({ ...clause, bad, badBefore: outside })];
}

function sysctls({ allowedUnsafeSysctls, forbiddenSysctls }: PodSecurityPolicy): Clause {
  const isAllowed = matches('s.name', [...safeSysctls, ...allowedUnsafeSysctls]);
  const isBad =
    forbiddenSysctls.length === 0
      ? `!(${isAllowed})`
      : `${matches('s.name', forbiddenSysctls)} || !(${isAllowed})`;
  return demand({
    name: 'sysctls',
    field: 'allowedUnsafeSysctls, forbiddenSysctls',
    bad: `object.spec.?securityContext.sysctls.orValue([]).filter(s, ${isBad})`,
    message: `'the pod sets the sysctl ' + e.name`,
  });
}

function runtimeClass({ runtimeClass: strategy }: PodSecurityPolicy): Clause[] {
  if (strategy === undefined) return [];
  const { allowed, byDefault } = strategy;
  const isAllowed = allowed.includes('*') ? undefined : `n in ${list(allowed)}`;
  const name = 'object.spec.?runtimeClassName';
  const clause = { name: 'runtime_class', field: 'runtimeClass', message: 'e' };
  const bad = (unset: boolean): string =>
    `${name}.optMap(n, ${isAllowed ?? 'true'}).orValue(${unset}) ? [] : [${quoted('the pod has a runtimeClassName that is not allowed, or none')}]`;
  if (byDefault === undefined) return isAllowed === undefined ? [] : [demand({ ...clause, bad: bad(true) })];
  const isDefaultAllowed = allowed.includes('*') || allowed.includes(byDefault);
  return [defaulted({ ...clause, bad: bad(false), badBefore: bad(isDefaultAllowed) })];
}

/** The fields of a pod's volume by the name that a PodSecurityPolicy has for its kind. */
const volumeFields: Readonly<Record<string, string>> = { cephFS: 'cephfs' };

/** What a policy demands of the volumes. */
export function volumeClauses(policy: PodSecurityPolicy): Clause[] {
  const { allowedCSIDrivers, allowedFlexVolumes, volumes } = policy;
  const allows = (kind: string): boolean => volumes.includes('*') || volumes.includes(kind);
  const clauses: Clause[] = [];
  if (!volumes.includes('*')) clauses.push(kindsOfVolumes(volumes));
  if (allows('hostPath') && policy.allowedHostPaths.length > 0) clauses.push(...hostPaths(policy));
  if (allows('flexVolume') && allowedFlexVolumes.length > 0) {
    clauses.push(driver('flex_drivers', 'allowedFlexVolumes', 'flexVolume', allowedFlexVolumes));
  }
  if (allows('csi') && allowedCSIDrivers.length > 0) {
    clauses.push(driver('csi_drivers', 'allowedCSIDrivers', 'csi', allowedCSIDrivers));
  }
  return clauses;
}

const volumeNamed = `'volume "' + e.name + '" '`;

function kindsOfVolumes(kinds: readonly string[]): Clause {
  const allowed = kinds.map((kind) => `has(v.${volumeFields[kind] ?? kind})`);
  const tokens = kinds.includes('secret') && !kinds.includes('projected') ? [isTokenVolume] : [];
  return demand({
    name: 'volume_kinds',
    field: 'volumes',
    bad: `variables.volumes.filter(v, !(${any([...allowed, ...tokens])}))`,
    message: `${volumeNamed} + ${quoted(kinds.length === 0 ? 'is one, and none are allowed' : `is none of ${kinds.join(', ')}`)}`,
  });
}

/** What the API server itself mounts for a ServiceAccount counts as a secret, as it was one before 1.21. */
const isTokenVolume = `(has(v.projected) && v.projected.?sources.orValue([]).all(s,
(has(s.serviceAccountToken) || has(s.configMap) || has(s.downwardAPI)) &&
(!has(s.serviceAccountToken) || (s.serviceAccountToken.path == 'token' && s.serviceAccountToken.?audience.orValue('') == '')) &&
(!has(s.configMap) || s.configMap.?name.orValue('') == 'kube-root-ca.crt') &&
(!has(s.downwardAPI) || s.downwardAPI.?items.orValue([]).all(d, d.path == 'namespace' &&
d.?fieldRef.apiVersion.orValue('') == 'v1' && d.?fieldRef.fieldPath.orValue('') == 'metadata.namespace'))))`.replaceAll(
  '\n',
  ' ',
);

function driver(name: string, field: string, kind: string, drivers: readonly string[]): Clause {
  return demand({
    name,
    field,
    bad: `variables.volumes.filter(v, has(v.${kind}) && !(v.${kind}.driver in ${list(drivers)}))`,
    message: `${volumeNamed} + ${quoted('uses the driver ')} + e.${kind}.driver`,
  });
}

function hostPaths({ allowedHostPaths }: PodSecurityPolicy): Clause[] {
  const prefixes = (wanted: (readOnly: boolean) => boolean): string[] =>
    allowedHostPaths
      .filter(({ readOnly }) => wanted(readOnly))
      .map(({ pathPrefix }) => pathPrefix.replace(/\/$/, ''));
  const writable = prefixes((readOnly) => !readOnly);
  const clauses = [
    demand({
      name: 'host_paths',
      field: 'allowedHostPaths',
      bad: `variables.volumes.filter(v, has(v.hostPath) && !${isUnder(prefixes(() => true))})`,
      message: `${volumeNamed} + 'mounts ' + e.hostPath.path + ' of the node'`,
    }),
  ];
  if (writable.length === allowedHostPaths.length) return clauses;
  const mustBeReadOnly = `variables.volumes.exists(v, v.name == m.name && has(v.hostPath) && !${isUnder(writable)})`;
  clauses.push(
    demand({
      name: 'written_host_paths',
      field: 'allowedHostPaths',
      bad: `variables.containers.filter(c, c.?volumeMounts.orValue([]).exists(m, !m.?readOnly.orValue(false) && ${mustBeReadOnly}))`,
      message: `'container "' + e.name + '" may write to a path of the node that must be mounted read-only'`,
    }),
  );
  return clauses;
}

/** Whether the path of a volume `v` is one of the paths or lies under one; one slash at its end does not count. */
function isUnder(paths: readonly string[]): string {
  const path = 'v.hostPath.path';
  const bare = `${path}.endsWith('/') ? ${path}.substring(0, ${path}.size() - 1) : ${path}`;
  const isOne = any(paths.map((one) => `p == ${quoted(one)} || p.startsWith(${quoted(`${one}/`)})`));
  return `[${bare}].exists(p, ${isOne})`;
}
