import type { Json } from '../../model/object.ts';
import { type Foreign, ForeignReader, listOf, mapOf, textOf, textsOf } from './foreign-exception.ts';

/** Whether a value is a configuration of polaris with exemptions. */
export function isPolarisConfiguration(value: Json): boolean {
  return Array.isArray(mapOf(value)['exemptions']);
}

/**
 * Reads the exemptions of a configuration. Names of controllers and containers are what the names begin with.
 *
 * Source: polaris documentation, "Exemptions".
 */
export function readPolarisConfiguration(value: Json): Foreign {
  const reader = new ForeignReader('polaris');
  for (const [i, entry] of listOf(mapOf(value)['exemptions']).entries()) {
    const { containerNames, controllerNames, namespace, rules, ...rest } = mapOf(entry);
    const path = ['exemptions', i];
    const [other] = Object.keys(rest);
    if (other !== undefined) {
      reader.leave(path, `an exception cannot be limited by ${other}`);
      continue;
    }
    const starts = (names: Json | undefined): readonly string[] => textsOf(names).map((name) => `${name}*`);
    const names = starts(controllerNames);
    const containers = starts(containerNames);
    if (textOf(namespace) === '' && names.length === 0 && containers.length === 0) {
      reader.leave(path, 'it names neither a namespace, nor controllers or containers');
      continue;
    }
    const checks = textsOf(rules);
    reader.add({
      checks: checks.length === 0 ? undefined : checks,
      reason: '',
      match: {
        ...(textOf(namespace) !== '' && { namespaces: [textOf(namespace)] }),
        ...(names.length > 0 && { names }),
        ...(containers.length > 0 && { containers }),
      },
      path,
    });
  }
  return reader;
}
