import { any, inRanges, list, quoted, rangesText } from './cel-text.ts';
import { type Clause, containerNamed, defaulted, demand } from './clause.ts';
import type { IdRule, PodSecurityPolicy, SeLinuxOptions } from './definition.ts';

/** What a policy demands of every container. */
export function containerClauses(policy: PodSecurityPolicy): Clause[] {
  return [
    ...privileges(policy),
    ...capabilities(policy),
    ...users(policy),
    ...groups(policy.runAsGroup),
    ...seLinuxLabels(policy.seLinux),
  ];
}

function privileges(policy: PodSecurityPolicy): Clause[] {
  const clauses: Clause[] = [];
  if (!policy.privileged) {
    clauses.push(
      demand({
        name: 'privileged',
        field: 'privileged',
        bad: 'variables.containers.filter(c, c.?securityContext.privileged.orValue(false))',
        message: `${containerNamed} + 'runs privileged'`,
        inBaseline: true,
      }),
    );
  }
  clauses.push(...escalation(policy));
  if (policy.readOnlyRootFilesystem) {
    const readOnly = 'c.?securityContext.readOnlyRootFilesystem';
    clauses.push(
      defaulted({
        name: 'root_filesystem',
        field: 'readOnlyRootFilesystem',
        bad: `variables.containers.filter(c, !${readOnly}.orValue(false))`,
        badBefore: `variables.containers.filter(c, !${readOnly}.orValue(true))`,
        message: `${containerNamed} + 'does not have a read-only root file system'`,
      }),
    );
  }
  const mounts = policy.allowedProcMountTypes.length === 0 ? ['Default'] : policy.allowedProcMountTypes;
  clauses.push(
    demand({
      name: 'proc_mount',
      field: 'allowedProcMountTypes',
      bad: `variables.containers.filter(c, !(c.?securityContext.procMount.orValue('Default') in ${list(mounts)}))`,
      message: `${containerNamed} + 'has the procMount ' + e.?securityContext.procMount.orValue('Default')`,
      inBaseline: mounts.length === 1 && mounts[0] === 'Default',
    }),
  );
  const { hostPorts } = policy;
  const isAllowed = any(hostPorts.length === 0 ? [] : [inRanges('p.hostPort', hostPorts)]);
  const isBad = `p.?hostPort.orValue(0) > 0${hostPorts.length === 0 ? '' : ` && !(${isAllowed})`}`;
  clauses.push(
    demand({
      name: 'host_ports',
      field: 'hostPorts',
      bad: `variables.containers.filter(c, c.?ports.orValue([]).exists(p, ${isBad}))`,
      message: `${containerNamed} + ${quoted(hostPorts.length === 0 ? 'uses a port of the node' : `uses a port of the node outside of ${rangesText(hostPorts)}`)}`,
      inBaseline: hostPorts.length === 0,
    }),
  );
  return clauses;
}

function escalation(policy: PodSecurityPolicy): Clause[] {
  const { allowPrivilegeEscalation, defaultAllowPrivilegeEscalation } = policy;
  const value = 'c.?securityContext.allowPrivilegeEscalation';
  if (!allowPrivilegeEscalation) {
    return [
      defaulted({
        name: 'escalation',
        field: 'allowPrivilegeEscalation',
        bad: `variables.containers.filter(c, ${value}.orValue(true))`,
        badBefore: `variables.containers.filter(c, ${value}.orValue(false))`,
        message: `${containerNamed} + 'may gain privileges (allowPrivilegeEscalation)'`,
      }),
    ];
  }
  if (defaultAllowPrivilegeEscalation === undefined) return [];
  return [
    defaulted({
      name: 'escalation_unset',
      field: 'defaultAllowPrivilegeEscalation',
      bad: `variables.containers.filter(c, !${value}.hasValue())`,
      badBefore: '[]',
      message: `${containerNamed} + 'does not say allowPrivilegeEscalation'`,
    }),
  ];
}

function capabilities(policy: PodSecurityPolicy): Clause[] {
  const { allowedCapabilities, defaultAddCapabilities, requiredDropCapabilities } = policy;
  const added = 'c.?securityContext.capabilities.add.orValue([])';
  const dropped = 'c.?securityContext.capabilities.drop.orValue([])';
  const clauses: Clause[] = [];
  if (!allowedCapabilities.includes('*')) {
    const allowed = [...new Set([...allowedCapabilities, ...defaultAddCapabilities])];
    const isBad =
      allowed.length === 0 ? `${added}.size() > 0` : `${added}.exists(k, !(k in ${list(allowed)}))`;
    const words =
      allowed.length === 0 ? 'adds capabilities' : `adds capabilities other than ${allowed.join(', ')}`;
    clauses.push(
      demand({
        name: 'capabilities_added',
        field: 'allowedCapabilities',
        bad: `variables.containers.filter(c, ${isBad})`,
        message: `${containerNamed} + ${quoted(words)}`,
      }),
    );
  }
  if (requiredDropCapabilities.length > 0) {
    clauses.push(
      defaulted({
        name: 'capabilities_kept',
        field: 'requiredDropCapabilities',
        bad: `variables.containers.filter(c, !${list(requiredDropCapabilities)}.all(k, k in ${dropped}))`,
        badBefore: '[]',
        message: `${containerNamed} + ${quoted(`does not drop ${requiredDropCapabilities.join(', ')}`)}`,
      }),
    );
  }
  if (defaultAddCapabilities.length > 0) {
    clauses.push(
      defaulted({
        name: 'capabilities_left_out',
        field: 'defaultAddCapabilities',
        bad: `variables.containers.filter(c, !${list(defaultAddCapabilities)}.all(k, k in ${added} || k in ${dropped}))`,
        badBefore: '[]',
        message: `${containerNamed} + ${quoted(`neither adds nor drops ${defaultAddCapabilities.join(', ')}`)}`,
      }),
    );
  }
  return clauses;
}

/** A field of the container's security context, or else of the pod's, as an optional. */
export function effective(field: string, container = 'c'): string {
  return `${container}.?securityContext.${field}.or(object.spec.?securityContext.${field})`;
}

function users({ runAsUser: { rule, ranges } }: PodSecurityPolicy): Clause[] {
  const user = effective('runAsUser');
  if (rule === 'MustRunAsNonRoot') {
    const nonRoot = effective('runAsNonRoot');
    const isRoot = `!${nonRoot}.orValue(true) || ${user}.orValue(1) == 0`;
    return [
      defaulted({
        name: 'users',
        field: 'runAsUser',
        bad: `variables.containers.filter(c, (!${nonRoot}.hasValue() && !${user}.hasValue()) || ${isRoot})`,
        badBefore: `variables.containers.filter(c, ${isRoot})`,
        message: `${containerNamed} + 'may run as root'`,
      }),
    ];
  }
  if (rule !== 'MustRunAs') return [];
  const isInside = `${user}.optMap(id, ${inRanges('id', ranges)})`;
  return [
    defaulted({
      name: 'users',
      field: 'runAsUser',
      bad: `variables.containers.filter(c, !${isInside}.orValue(false))`,
      badBefore: `variables.containers.filter(c, !${isInside}.orValue(true))`,
      message: `${containerNamed} + ${quoted(`does not run as a user of ${rangesText(ranges)}`)}`,
    }),
  ];
}

function groups({ rule, ranges }: IdRule): Clause[] {
  if (rule !== 'MustRunAs' && rule !== 'MayRunAs') return [];
  const isInside = `${effective('runAsGroup')}.optMap(id, ${inRanges('id', ranges)})`;
  const clause = {
    name: 'groups',
    field: 'runAsGroup',
    message: `${containerNamed} + ${quoted(`does not run as a group of ${rangesText(ranges)}`)}`,
  };
  const lenient = `variables.containers.filter(c, !${isInside}.orValue(true))`;
  if (rule === 'MayRunAs') return [demand({ ...clause, bad: lenient })];
  const bad = `variables.containers.filter(c, !${isInside}.orValue(false))`;
  return [defaulted({ ...clause, bad, badBefore: lenient })];
}

function seLinuxLabels(options: SeLinuxOptions | undefined): Clause[] {
  if (options === undefined) return [];
  const ofContainer = `${effective('seLinuxOptions')}.optMap(s, ${isSame(options)})`;
  const ofPod = `object.spec.?securityContext.seLinuxOptions.optMap(s, ${isSame(options)})`;
  const words = `SELinux options other than ${seLinuxText(options)}`;
  return [
    defaulted({
      name: 'pod_selinux',
      field: 'seLinux',
      bad: `${ofPod}.orValue(false) ? [] : ['the pod']`,
      badBefore: `${ofPod}.orValue(true) ? [] : ['the pod']`,
      message: `e + ${quoted(` has ${words}`)}`,
    }),
    defaulted({
      name: 'container_selinux',
      field: 'seLinux',
      bad: `variables.containers.filter(c, !${ofContainer}.orValue(false))`,
      badBefore: `variables.containers.filter(c, !${ofContainer}.orValue(true))`,
      message: `${containerNamed} + ${quoted(`has ${words}`)}`,
    }),
  ];
}

function isSame({ level, role, type, user }: SeLinuxOptions): string {
  const equal = (field: string, value: string): string => `s.?${field}.orValue('') == ${quoted(value)}`;
  return `${isSameLevel(level)} && ${equal('role', role)} && ${equal('type', type)} && ${equal('user', user)}`;
}

/** Levels are the same whatever the order of their categories: `s0:c1,c2` is `s0:c2,c1`. */
function isSameLevel(level: string): string {
  const equal = `s.?level.orValue('') == ${quoted(level)}`;
  const colon = level.indexOf(':');
  const categories = level.slice(colon + 1).split(',');
  if (colon < 0 || categories.length < 2) return equal;
  const prefix = level.slice(0, colon + 1);
  const written = `s.?level.orValue('').substring(${prefix.length}).split(',')`;
  const isPermuted = `${written}.size() == ${categories.length} && sets.equivalent(${written}, ${list(categories)})`;
  return `(${equal} || (s.?level.orValue('').startsWith(${quoted(prefix)}) && ${isPermuted}))`;
}

function seLinuxText(options: SeLinuxOptions): string {
  const parts = (['user', 'role', 'type', 'level'] as const).filter((key) => options[key] !== '');
  return parts.length === 0 ? 'none' : parts.map((key) => `${key} ${options[key]}`).join(', ');
}
