/** The nineteen practices of a hardened cluster, the rows of every posture. A control names one by its number. */
export const practices = [
  'TLS everywhere',
  'etcd isolation',
  'kubelet lock-down',
  'API server authentication',
  'RBAC least privilege',
  'key and certificate rotation',
  'network policies',
  'traffic monitoring',
  'service mesh mTLS',
  'admission control',
  'Linux security features',
  'static analysis',
  'non-root',
  'process allow-listing',
  'image scanning',
  'intrusion detection',
  'secret management',
  'workload identity',
  'log monitoring',
] as const;

/** The name of practice `number`, counted from 1. */
export function practiceName(number: number): string {
  const name = practices[number - 1];
  if (name === undefined) throw new RangeError(`there is no practice ${number}`);
  return name;
}
