import type { Json } from '../../model/object.ts';
import {
  dayBefore,
  type Foreign,
  ForeignReader,
  listOf,
  mapOf,
  textOf,
  textsOf,
} from './foreign-exception.ts';

/** An id of a check in the form that is current: `AVD-KSV-0017` and `KSV017` are `KSV-0017`. */
function currentId(written: string): string {
  const match = /^(?:AVD-)?(KSV|KCV)-?(\d{1,4})$/i.exec(written);
  return match === null ? written : `${match[1]!.toUpperCase()}-${match[2]!.padStart(4, '0')}`;
}

/**
 * Reads a `.trivyignore`: an id a line, perhaps with `exp:2027-01-31`, which is the first day it does not count any more.
 * Comments right above a line are its reason. Paths are `[line]`, from 0.
 *
 * Source: trivy documentation, "Filtering".
 */
export function readTrivyIgnore(text: string): Foreign {
  const reader = new ForeignReader('trivy');
  let comments: string[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const comment = /^\s*#\s?(.*)$/.exec(line)?.[1];
    if (comment !== undefined) {
      comments.push(comment.trim());
      continue;
    }
    const [id = '', ...rest] = line
      .replace(/\s+#.*$/, '')
      .trim()
      .split(/\s+/);
    if (id === '') {
      comments = [];
      continue;
    }
    const reason = comments.filter((one) => one !== '').join(' ');
    const expiry = rest.find((one) => one.startsWith('exp:'))?.slice(4);
    const until = expiry === undefined ? undefined : dayBefore(expiry);
    if (expiry !== undefined && until === undefined) reader.leave([i], `"${expiry}" is no date`);
    else if (rest.some((one) => !one.startsWith('exp:')))
      reader.leave([i], `"${rest.join(' ')}" is not understood`);
    else {
      reader.add({
        checks: [currentId(id)],
        reason,
        ...(until !== undefined && { until }),
        match: {},
        path: [i],
      });
    }
  }
  return reader;
}

const sections = ['misconfigurations', 'vulnerabilities', 'secrets', 'licenses'];

/** Whether a value is a `.trivyignore.yaml`. */
export function isTrivyIgnore(value: Json): boolean {
  const keys = Object.keys(mapOf(value));
  return keys.length > 0 && keys.every((key) => sections.includes(key));
}

/** Reads a `.trivyignore.yaml`; of its parts only misconfigurations are what a scan of manifests finds. */
export function readTrivyIgnoreYaml(value: Json): Foreign {
  const reader = new ForeignReader('trivy');
  for (const [section, entries] of Object.entries(mapOf(value))) {
    const found = listOf(entries);
    if (section !== 'misconfigurations') {
      if (found.length > 0) reader.leave([section], `${section} are nothing that a scan of manifests finds`);
      continue;
    }
    for (const [i, entry] of found.entries()) {
      const { expired_at: expired, id, paths, statement, ...rest } = mapOf(entry);
      const path = [section, i];
      const expiry = textOf(expired);
      const until = expiry === '' ? undefined : dayBefore(expiry);
      const [other] = Object.keys(rest);
      if (textOf(id) === '') reader.leave(path, 'it has no id');
      else if (expiry !== '' && until === undefined) reader.leave(path, `"${expiry}" is no date`);
      else if (other !== undefined) reader.leave(path, `an exception cannot be limited by ${other}`);
      else {
        const files = textsOf(paths);
        reader.add({
          checks: [currentId(textOf(id))],
          reason: textOf(statement),
          ...(until !== undefined && { until }),
          match: files.length === 0 ? {} : { files },
          path,
        });
      }
    }
  }
  return reader;
}
