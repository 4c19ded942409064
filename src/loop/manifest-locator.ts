import type { Manifest } from '../collect/manifests.ts';
import { documentLocator, type Locate } from '../policy/index.ts';

/** Says where a path of a manifest is written, also where the manifest is an item of a List. */
export function manifestLocator({ origin, source }: Manifest): Locate {
  const inDocument = documentLocator(source, origin.file);
  return (path, offset) => inDocument([...origin.path, ...path], offset);
}
