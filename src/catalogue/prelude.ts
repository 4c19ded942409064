import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixFile } from './autofix.ts';
import { CatalogueError, controlIds, readYaml } from './load.ts';
import { isMapping } from './complaint.ts';

/** The line that ends the prelude and begins the control's own part of a policy. */
export const ruleLine = '  # ---- the rule\n';

/** A policy file whose prelude is not the canonical one. */
export interface StalePolicy {
  readonly file: string;
  /** The whole text it should have. */
  readonly text: string;
}

/**
 * Finds every policy below `directory` that differs from its control's prelude (`controls/_preludes/NAME.yaml`, with the
 * word CONTROL replaced by the id) above the rule line. Throws a CatalogueError for a policy without that line or a
 * prelude that does not exist.
 */
export function stalePolicies(directory: string): StalePolicy[] {
  const folder = path.join(directory, 'controls');
  const stale: StalePolicy[] = [];
  for (const id of controlIds(directory)) {
    const wrong: string[] = [];
    const control = readYaml(path.join(folder, id, 'control.yaml'), wrong);
    const name = isMapping(control) ? control['prelude'] : undefined;
    const preludeFile = `_preludes/${String(name)}.yaml`;
    if (!readdirSync(path.join(folder, '_preludes')).includes(`${String(name)}.yaml`)) {
      wrong.push(`${path.join(folder, id, 'control.yaml')}: there is no controls/${preludeFile}`);
    }
    if (wrong.length > 0) throw new CatalogueError(wrong.join('\n'));
    const prelude = readFileSync(path.join(folder, preludeFile), 'utf8').replaceAll('CONTROL', id);
    const fix = staleFix(folder, id, String(name));
    if (fix !== undefined) stale.push(fix);
    for (const file of readdirSync(path.join(folder, id)).sort()) {
      if (!/^policy.*\.yaml$/.test(file)) continue;
      const whole = path.join(folder, id, file);
      const written = readFileSync(whole, 'utf8');
      const at = written.indexOf(ruleLine);
      if (at === -1) throw new CatalogueError(`${whole}: there is no line "${ruleLine.trim()}"`);
      const text = prelude + written.slice(at);
      if (text !== written) stale.push({ file: whole, text });
    }
  }
  return stale;
}

/** The prelude of a fix is called like that of its policy, whole or up to a hyphen; a fix without the rule line has none. */
function staleFix(folder: string, id: string, prelude: string): StalePolicy | undefined {
  const file = path.join(folder, id, fixFile);
  if (!existsSync(file)) return undefined;
  const written = readFileSync(file, 'utf8');
  const at = written.indexOf(ruleLine);
  if (at === -1) return undefined;
  const words = prelude.split('-');
  const names = words.map((_, i) => `fix-${words.slice(0, words.length - i).join('-')}.yaml`);
  const name = names.find((one) => existsSync(path.join(folder, '_preludes', one)));
  if (name === undefined) throw new CatalogueError(`${file}: there is no controls/_preludes/${names[0]!}`);
  const text =
    readFileSync(path.join(folder, '_preludes', name), 'utf8').replaceAll('CONTROL', id) + written.slice(at);
  return text === written ? undefined : { file, text };
}

/** Gives every policy its canonical prelude; returns the files it changed. */
export function rewritePreludes(directory: string): string[] {
  const stale = stalePolicies(directory);
  for (const { file, text } of stale) writeFileSync(file, text);
  return stale.map(({ file }) => file);
}
