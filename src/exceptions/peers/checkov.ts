import type { Json } from '../../model/object.ts';
import { type Foreign, ForeignReader, listOf, mapOf, textOf, textsOf } from './foreign-exception.ts';

/** Whether a value is a configuration of checkov with checks to skip. */
export function isCheckovConfiguration(value: Json): boolean {
  return Object.keys(mapOf(value)).some((key) => key === 'skip-check' || key === 'skip-path');
}

/** Reads `skip-check` of a `.checkov.yaml`: ids with `*` for some, in a list or with commas between. */
export function readCheckovConfiguration(value: Json): Foreign {
  const reader = new ForeignReader('checkov');
  const { 'skip-check': skipped, 'skip-path': paths } = mapOf(value);
  for (const [i, text] of textsOf(skipped).entries()) {
    const path = typeof skipped === 'string' ? ['skip-check'] : ['skip-check', i];
    for (const id of text.split(',').map((one) => one.trim())) {
      if (id === '') continue;
      if (/^(?:LOW|MEDIUM|HIGH|CRITICAL|INFO)$/i.test(id)) {
        reader.leave(path, `"${id}" skips checks by a severity that is checkov's own`);
      } else reader.add({ checks: [id], reason: '', match: {}, path });
    }
  }
  if (textsOf(paths).length > 0) {
    reader.leave(
      ['skip-path'],
      'these are regular expressions; write the globs to leave out under "exclude"',
    );
  }
  return reader;
}

/** Whether a value is a baseline of checkov. */
export function isCheckovBaseline(value: Json): boolean {
  return Array.isArray(mapOf(value)['failed_checks']);
}

/** Reads a baseline (`--create-baseline`): failed checks by file and by resource, `Kind.namespace.name`. */
export function readCheckovBaseline(value: Json): Foreign {
  const reader = new ForeignReader('checkov');
  for (const [i, entry] of listOf(mapOf(value)['failed_checks']).entries()) {
    const file = textOf(mapOf(entry)['file']).replace(/^\/+/, '');
    for (const [j, finding] of listOf(mapOf(entry)['findings']).entries()) {
      const { check_ids: checks, resource } = mapOf(finding);
      const path = ['failed_checks', i, 'findings', j];
      const [kind, namespace, ...name] = textOf(resource).split('.');
      const ids = textsOf(checks);
      if (file === '' || name.length === 0 || ids.length === 0) {
        reader.leave(path, 'it names no file, resource and check_ids');
        continue;
      }
      reader.add({
        checks: ids,
        reason: 'in the baseline of checkov',
        match: {
          files: [globOf(file)],
          kinds: [kind!],
          // It calls an object without a namespace one of "default".
          namespaces: namespace === 'default' ? ['', 'default'] : [namespace!],
          names: [name.join('.')],
        },
        path,
      });
    }
  }
  return reader;
}

/** A glob for just this path. */
function globOf(file: string): string {
  return file.replace(/[\\*?[\]{}()!+@]/g, '\\$&');
}
