/** What creating a Service allocates (pkg/registry/core/service/storage/{storage,alloc}.go), on an IPv4 cluster. */
import { assigned } from './assigned.ts';
import { isEmpty } from './struct-defaults.ts';
import type { Fields } from './struct-defaults.ts';

/** What the server sets of a new Service before its addresses are given out. */
export function prepareService({ spec }: Fields): void {
  if (spec.clusterIP && isEmpty(spec.clusterIPs)) spec.clusterIPs = [spec.clusterIP];
  if (spec.type === 'ExternalName') return;
  prepareFamilies(spec);
  if (!spec.clusterIP) {
    spec.clusterIPs = spec.ipFamilies.map((family: string) =>
      family === 'IPv6' ? assigned.clusterIPv6 : assigned.clusterIP,
    );
    spec.clusterIP = spec.clusterIPs[0];
  }
  allocateNodePorts(spec);
}

function prepareFamilies(spec: Fields): void {
  const isHeadlessWithoutSelector = spec.clusterIP === 'None' && isEmpty(spec.selector);
  spec.ipFamilyPolicy ??= isHeadlessWithoutSelector ? 'RequireDualStack' : 'SingleStack';
  const families: string[] = [...(spec.ipFamilies ?? [])];
  for (const [index, address] of (spec.clusterIPs ?? []).entries()) {
    if (address === 'None') break;
    if (index >= families.length) families.push(address.includes(':') ? 'IPv6' : 'IPv4');
  }
  if (families.length === 0) families.push('IPv4');
  if (isHeadlessWithoutSelector && families.length < 2 && spec.ipFamilyPolicy !== 'SingleStack') {
    families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
  }
  spec.ipFamilies = families;
}

function allocateNodePorts(spec: Fields): void {
  const isBalanced = spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false;
  if (spec.type === 'NodePort' || isBalanced) {
    for (const port of spec.ports ?? []) port.nodePort ||= assigned.nodePort;
  }
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') {
    spec.healthCheckNodePort ||= assigned.nodePort;
  }
}
