import type { Json } from '../../model/object.ts';
import { type Foreign, ForeignReader, mapOf, textsOf } from './foreign-exception.ts';

const keys = ['addAllBuiltIn', 'doNotAutoAddDefaults', 'exclude', 'include', 'ignorePaths'];

/** Whether a value is a configuration of kube-linter. */
export function isKubeLinterConfiguration(value: Json): boolean {
  const checks = mapOf(mapOf(value)['checks']);
  return mapOf(value)['kind'] === undefined && Object.keys(checks).some((key) => keys.includes(key));
}

/**
 * Reads the excluded checks and ignored paths of a `.kube-linter.yaml`.
 *
 * Source: kube-linter documentation, "Configuring KubeLinter".
 */
export function readKubeLinterConfiguration(value: Json): Foreign {
  const reader = new ForeignReader('kube-linter');
  const { exclude, ignorePaths } = mapOf(mapOf(value)['checks']);
  for (const [i, check] of textsOf(exclude).entries()) {
    reader.add({ checks: [check], reason: '', match: {}, path: ['checks', 'exclude', i] });
  }
  for (const [i, glob] of textsOf(ignorePaths).entries()) {
    const path = ['checks', 'ignorePaths', i];
    if (/^[/~]/.test(glob)) reader.leave(path, `"${glob}" does not start at the folder of the configuration`);
    else reader.add({ checks: undefined, reason: '', match: { files: [glob] }, path });
  }
  return reader;
}
