import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { position, readDocuments } from '../yaml/index.ts';
import type { Catalogue } from './catalogue.ts';
import { CatalogueError } from './catalogue-error.ts';
import type { Complaint } from './complaint.ts';
import { type Control, readControl } from './control.ts';
import { type Framework, readFramework } from './framework.ts';
import { type Profile, readProfile } from './profile.ts';

export { CatalogueError } from './catalogue-error.ts';

/** The root of the checkout this file belongs to; meaningless in a bundle. */
export const checkout = path.join(import.meta.dirname, '../..');

/**
 * Loads `controls/`, `frameworks/` and `profiles/` below `directory`. Throws a CatalogueError that lists everything wrong with them:
 * the catalogue is the project's own, so nothing in it is passed over.
 */
export function loadCatalogue(directory: string): Catalogue {
  const wrong: string[] = [];
  const controls = new Map<string, Control>();
  for (const id of controlIds(directory)) {
    const folder = path.join(directory, 'controls', id);
    const { control, complaints } = readControl(id, readFolder(folder, wrong));
    wrong.push(...complaints.map((one) => describe(path.join(folder, 'control.yaml'), one)));
    controls.set(id, control);
  }
  const frameworks = new Map<string, Framework>();
  for (const file of yamlFiles(path.join(directory, 'frameworks'))) {
    const { framework, complaints } = readFramework(path.basename(file, '.yaml'), readYaml(file, wrong));
    wrong.push(...complaints.map((one) => describe(file, one)));
    frameworks.set(framework.name, framework);
  }
  const profiles = new Map<string, Profile>();
  for (const file of yamlFiles(path.join(directory, 'profiles'))) {
    const { profile, complaints } = readProfile(path.basename(file, '.yaml'), readYaml(file, wrong), {
      controls,
      frameworks,
    });
    wrong.push(...complaints.map((one) => describe(file, one)));
    profiles.set(profile.name, profile);
  }
  if (wrong.length > 0) throw new CatalogueError(wrong.join('\n'));
  return { controls, profiles, frameworks };
}

let ofCheckout: Catalogue | undefined;

/** The catalogue of the checkout, read once in a process: that takes a tenth of a second, and tests ask hundreds of times. */
export function checkoutCatalogue(): Catalogue {
  ofCheckout ??= loadCatalogue(checkout);
  return ofCheckout;
}

/** The YAML files of a folder, which may be missing, sorted. */
function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => path.join(folder, file));
}

/** The values of a control's YAML files, by file name; what is wrong with them is added to `wrong`. */
export function readFolder(folder: string, wrong: string[]): Record<string, Json | undefined> {
  const files: Record<string, Json | undefined> = {};
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.yaml')) files[file] = readYaml(path.join(folder, file), wrong);
  }
  return files;
}

/** The ids of all controls below `directory`, sorted. */
export function controlIds(directory: string): string[] {
  return readdirSync(path.join(directory, 'controls'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map((entry) => entry.name)
    .sort();
}

/** Reads the only document of a file; what is wrong with it is added to `wrong`. */
export function readYaml(file: string, wrong: string[]): Json | undefined {
  const documents = [...readDocuments(readFileSync(file))].filter((document) => !document.isEmpty);
  for (const document of documents) {
    for (const problem of document.problems) {
      const { line, column } = position(document, problem.start);
      wrong.push(`${file}:${line}:${column}: ${problem.reason}`);
    }
  }
  if (documents.length !== 1) wrong.push(`${file}: holds ${documents.length} documents, not one`);
  return documents[0]?.value;
}

/** A complaint as one line of text. */
export function describe(file: string, { path: at, reason }: Complaint): string {
  return at.length === 0 ? `${file}: ${reason}` : `${file}: ${formatPath(at)}: ${reason}`;
}
