import { derived, type Derived, reading, type Reading } from './derived.ts';
import { type Entry, type Inventory, mayBeSame } from './inventory.ts';
import { closesDirection, deniesAll, type Direction, isEmpty, policiesOf } from './network-cover.ts';
import type { Json } from '../model/object.ts';

/** The labels of Pod Security admission. */
const podSecurity = 'pod-security.kubernetes.io/';

/** What each Namespace of the input holds: one `NamespaceContent` object for each. */
export function* namespaces(inventory: Inventory): Generator<Derived> {
  const policies = policiesOf(inventory);
  const mechanisms = inventory
    .ofKind('admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding')
    .concat(inventory.ofKind('admissionregistration.k8s.io', 'ValidatingWebhookConfiguration')).length;
  for (const entry of inventory.ofKind('', 'Namespace')) {
    const { name, labels } = entry.extract;
    const count = (found: readonly Entry[], kind: string, group = ''): Json | Reading => {
      const all = found.filter(({ extract }) => mayBeSame(extract.namespace, name)).length;
      return reading(all, all > 0 || inventory.isCertain(group, kind, name) ? all : 1);
    };
    const own = policies.filter(({ extract }) => mayBeSame(extract.namespace, name));
    const isDenied = (direction: Direction): boolean =>
      own.some((one) => isDefaultDeny(one, direction, inventory));
    const isOpen = !inventory.isCertain('networking.k8s.io', 'NetworkPolicy', name);
    yield derived(entry, 'NamespaceContent', {
      enforce: labels[`${podSecurity}enforce`] ?? '',
      audit: labels[`${podSecurity}audit`] ?? '',
      warn: labels[`${podSecurity}warn`] ?? '',
      networkPolicies: count(policies, 'NetworkPolicy', 'networking.k8s.io'),
      defaultDenyIngress: reading(isDenied('ingress'), isDenied('ingress') || isOpen),
      defaultDenyEgress: reading(isDenied('egress'), isDenied('egress') || isOpen),
      limitRanges: count(inventory.ofKind('', 'LimitRange'), 'LimitRange'),
      resourceQuotas: count(inventory.ofKind('', 'ResourceQuota'), 'ResourceQuota'),
      admissionPolicies: reading(
        mechanisms,
        mechanisms > 0 || inventory.given === 'cluster' ? mechanisms : 1,
      ),
    });
  }
}

/** Whether a policy closes every pod of its namespace and allows nothing. */
function isDefaultDeny(entry: Entry, direction: Direction, inventory: Inventory): boolean {
  const whole = inventory.full(entry);
  const isForAll = whole.selectors.some(({ role, selector }) => role === 'subject' && isEmpty(selector));
  // What Cilium's rules allow is not looked at: a policy for all pods that closes the direction is taken for one.
  return (
    isForAll &&
    (deniesAll(whole, direction) || (whole.kind !== 'NetworkPolicy' && closesDirection(whole, direction)))
  );
}
