import { Unknown, type Value } from '../cel/value.ts';
import type { Json, JsonObject } from '../model/object.ts';
import type { AdmissionRequest } from './request.ts';
import type { FindNamespace } from './match/match-resources.ts';

const metadataFields = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'finalizers',
] as const;

/**
 * The variable `namespaceObject`: null for cluster-scoped objects and for Namespaces, unknown where the namespace or its
 * object is not known.
 *
 * Source: apiserver `pkg/admission/plugin/cel/condition.go`, `CreateNamespaceObject`.
 */
export function namespaceVariable(request: AdmissionRequest, findNamespace: FindNamespace): Value | Unknown {
  const { kind, namespace } = request;
  const isNamespace = kind.kind === 'Namespace' && kind.version === 'v1' && kind.group === '';
  if (isNamespace || namespace === '') return null;
  const found = namespace === undefined ? undefined : findNamespace(namespace);
  if (found === undefined || found === null) return new Unknown(['namespaceObject']);
  return visiblePart(found);
}

function visiblePart(namespace: JsonObject): Value {
  const metadata: Record<string, Json> = {};
  const written = (namespace['metadata'] ?? {}) as JsonObject;
  for (const field of metadataFields) {
    const value = Object.hasOwn(written, field) ? written[field] : undefined;
    if (value !== undefined) metadata[field] = value;
  }
  return { metadata, spec: namespace['spec'] ?? {}, status: namespace['status'] ?? {} };
}
