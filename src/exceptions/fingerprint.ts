import type { Json, ObjectReference, Path } from '../model/object.ts';
import { formatStablePath } from '../model/path.ts';

/**
 * What makes a finding the same finding tomorrow: control, object and path with list-map keys
 * (`containers[name=web]`). No file, no line, no index, no API version: moving, reordering or upgrading keeps it.
 * 16 hexadecimal digits.
 */
export function fingerprint(control: string, object: ObjectReference, path: Path, value: Json): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  const parts = [control, group, object.kind, object.namespace, object.name, formatStablePath(path, value)];
  // Loaded when the first one is needed: most runs of a scan write none, and loading it takes as long as judging a file.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 16);
}
