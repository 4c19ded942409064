/** The ClusterRoles every cluster has beside those that begin with `system:` (plugin/pkg/auth/authorizer/rbac/bootstrappolicy). */
const clusterRoles = new Set(['cluster-admin', 'admin', 'edit', 'view']);

const priorityClasses = new Set(['system-cluster-critical', 'system-node-critical']);

const rbac = 'rbac.authorization.k8s.io';

/**
 * Whether the cluster makes an object of its own accord: the ServiceAccount and the root certificate of each namespace, the
 * roles and priorities of the system, the Service of the API server.
 */
export function createdAnyway(group: string, kind: string, namespace: string, name: string): boolean {
  switch (`${group}/${kind}`) {
    case '/ServiceAccount':
      return name === 'default';
    case '/ConfigMap':
      return name === 'kube-root-ca.crt' || (namespace === 'kube-system' && serverConfigMaps.has(name));
    case '/Service':
      return (
        (namespace === 'default' && name === 'kubernetes') ||
        (namespace === 'kube-system' && name === 'kube-dns')
      );
    case '/Namespace':
      return name === 'default' || name.startsWith('kube-');
    case `${rbac}/ClusterRole`:
      return clusterRoles.has(name) || name.startsWith('system:');
    case `${rbac}/Role`:
      return (
        (namespace === 'kube-system' || namespace === 'kube-public') &&
        (name.startsWith('system:') || bootstrapRoles.has(name))
      );
    case 'scheduling.k8s.io/PriorityClass':
      return priorityClasses.has(name);
    default:
      return false;
  }
}

/** What the API server itself writes there. */
const serverConfigMaps = new Set(['extension-apiserver-authentication']);

const bootstrapRoles = new Set(['extension-apiserver-authentication-reader']);
