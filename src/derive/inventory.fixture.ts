import type { JsonObject } from '../model/object.ts';
import { extract, keep } from './extract.ts';
import { type Given, Inventory } from './inventory.ts';

/** The inventory of objects, each in a file of its own or in the one that is named. */
export function inventoryOf(
  objects: readonly (object | readonly [file: string, object: object])[],
  given: Given = 'folder',
): Inventory {
  const entries = objects.map((one, i) => {
    const [file, object] = (Array.isArray(one) ? one : [`${i}.yaml`, one]) as [string, JsonObject];
    return { ...keep(extract(object)), file, reload: () => extract(object) };
  });
  return new Inventory(entries, given);
}

/** A Deployment whose pods have the label `app` with its name. */
export function deployment(name: string, namespace: string, spec: object = {}): object {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  const selector = { matchLabels: { app: name } };
  const metadata = { name, ...(namespace !== '' && { namespace }) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template, ...spec } };
}
