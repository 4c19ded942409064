import type { JsonObject } from '../../../model/object.ts';
import type { Fields } from '../fields.ts';
import { nameOf, namespaceOf } from '../suite-reader.ts';

const specKeys = ['group', 'version', 'resource', 'kind', 'subresource', 'namespace', 'name'];

/** What a result calls a resource. */
export interface ResourceName {
  /** As it is written. */
  readonly text: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
}

/** The resources that a result names: `name`, `namespace/name`; `resourceSpecs` spell it out. Empty where it names none. */
export function resourceNames(result: Fields): ResourceName[] {
  const written = result.texts('resources') ?? result.texts('resource') ?? [];
  const named = written.map((text): ResourceName => {
    const [name = '', namespace] = text.split('/').reverse();
    return { text, name, namespace: namespace ?? result.text('namespace') };
  });
  const specs = result.items('resourceSpecs').map((spec): ResourceName => {
    spec.known(specKeys, 'warning');
    const name = spec.text('name') ?? '';
    const [group = '', version] = [spec.text('group'), spec.text('version')];
    const apiVersion = version === undefined ? undefined : group === '' ? version : `${group}/${version}`;
    return { text: name, name, namespace: spec.text('namespace'), apiVersion, kind: spec.text('kind') };
  });
  return [...named, ...specs];
}

/** Whether an object is the one that is named; one without a namespace is in `default`. */
export function isMeant(value: JsonObject, wanted: ResourceName): boolean {
  if (nameOf(value) !== wanted.name || !isOfKind(value, wanted.kind)) return false;
  if (wanted.apiVersion !== undefined && value['apiVersion'] !== wanted.apiVersion) return false;
  return wanted.namespace === undefined || (namespaceOf(value) || 'default') === wanted.namespace;
}

/** Whether an object is of a kind, which may be written with its group and version: `apps/v1/Deployment`. */
export function isOfKind(value: JsonObject, kind: string | undefined): boolean {
  return kind === undefined || value['kind'] === kind.split('/').at(-1);
}

/** `namespace/name` of an object, or its name alone. */
export function shownName(value: JsonObject): string {
  return [namespaceOf(value), nameOf(value)].filter((part) => part !== '').join('/');
}
