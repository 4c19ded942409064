import type { Json, JsonObject } from '../../model/object.ts';
import { child } from '../../model/path.ts';

/**
 * The program of the control plane that a pod runs on its node: kube-apiserver, kube-controller-manager, kube-scheduler or
 * etcd; undefined for any other pod. So kubeadm's static pods look, and the mirror pods that show them in a cluster. An
 * etcd of an application has its own network and another namespace.
 */
export function controlPlaneProgram(object: JsonObject): string | undefined {
  if (object['kind'] !== 'Pod') return undefined;
  const { metadata, spec } = object;
  if (child(spec, 'hostNetwork') !== true && child(metadata, 'namespace') !== 'kube-system') return undefined;
  for (const container of listOf(child(spec, 'containers'))) {
    const words = [...listOf(child(container, 'command')), ...listOf(child(container, 'args'))];
    const program = programIn(words.join(' '));
    if (program !== undefined) return program;
  }
  return undefined;
}

/** The name of the program begins the command, or follows a shell or another program that starts it. */
function programIn(command: string): string | undefined {
  return runsProgram.exec(command)?.groups?.['program'];
}

const runsProgram =
  /(?:^|\s--\s+|hyperkube\s+|go-runner\s+(?:-\S+\s+)*|sh\s+-\S*c\s+|exec\s+|&&\s+|;\s+)(?:[^\s/]*\/)*(?<program>kube-apiserver|kube-controller-manager|kube-scheduler|etcd)(?:\s|$)/;

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
