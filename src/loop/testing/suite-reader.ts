import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../model/finding.ts';
import {
  isMapping,
  objectsOf,
  type PlacedObject,
  problemsOf,
  type SourceFile,
  type TestFiles,
} from './files.ts';
import type { PolicyShelf } from './policy-shelf.ts';

/** What the readers of all formats share: files by their path relative to the suite, noted as what the suite depends on. */
export class SuiteReader {
  readonly file: SourceFile;
  readonly folder: string;
  readonly files: TestFiles;
  readonly shelf: PolicyShelf;
  readonly problems: Problem[] = [];
  /** Every file that was asked for, whether it is there or not. */
  readonly dependencies = new Set<string>();
  private readonly told = new Set<SourceFile>();

  constructor(file: SourceFile, files: TestFiles, shelf: PolicyShelf) {
    this.file = file;
    this.folder = path.dirname(file.absolute);
    this.files = files;
    this.shelf = shelf;
    this.dependencies.add(file.absolute);
  }

  /** A file named in the suite, or why it cannot be used. */
  read(relative: string, from = this.folder): SourceFile | string {
    if (relative === '') return 'the name of the file is empty';
    if (/^https?:\/\//.test(relative)) return `${relative} is not fetched: tests run offline`;
    const found = this.files.read(this.resolve(relative, from));
    if (typeof found === 'string') return `cannot read ${relative}: ${found}`;
    return found;
  }

  /** The absolute path of a file named in the suite, which depends on it from now on. */
  resolve(relative: string, from = this.folder): string {
    const absolute = path.resolve(from, relative);
    this.dependencies.add(absolute);
    return absolute;
  }

  /** The objects of a file; what is wrong in it is told once. */
  objectsIn(file: SourceFile): readonly PlacedObject[] {
    if (!this.told.has(file)) {
      this.told.add(file);
      this.problems.push(...problemsOf(file));
    }
    return objectsOf(file);
  }

  /** The names of the YAML and JSON files in the suite's folder, sorted, without the suite itself. */
  yamlBeside(): string[] {
    const own = path.basename(this.file.absolute);
    this.dependencies.add(this.folder);
    return yamlIn(this.folder).filter((name) => name !== own);
  }

  /** The objects of a file named in the suite, or why there are none. */
  objects(relative: string, from = this.folder): readonly PlacedObject[] | string {
    const file = this.read(relative, from);
    if (typeof file === 'string') return file;
    const broken = brokenDocument(file);
    if (broken !== undefined) return `${relative} cannot be read: ${broken}`;
    const objects = this.objectsIn(file);
    return objects.length === 0 ? `${relative} holds no object` : objects;
  }

  /**
   * The objects of a file or of all files in a folder, of those below it too where `deep` says so; `problems` are why one
   * of the files cannot be read, or that there is nothing.
   */
  objectsBelow(
    relative: string,
    deep = false,
  ): { readonly objects: readonly PlacedObject[]; readonly problems: readonly string[] } {
    const folder = this.resolve(relative);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      const found = this.objects(relative);
      return typeof found === 'string'
        ? { objects: [], problems: [found] }
        : { objects: found, problems: [] };
    }
    const objects: PlacedObject[] = [];
    const problems: string[] = [];
    for (const name of yamlIn(folder, deep)) {
      const file = this.read(path.join(relative, name));
      const broken = typeof file === 'string' ? file : brokenDocument(file);
      if (broken !== undefined) problems.push(`${path.posix.join(relative, name)} cannot be read: ${broken}`);
      else objects.push(...this.objectsIn(file as SourceFile));
    }
    if (objects.length + problems.length === 0) problems.push(`${relative} holds no objects`);
    return { objects, problems };
  }

  /** The one object that `file.yaml` holds, or the one that `file.yaml#name` names. */
  object(reference: string, from = this.folder): PlacedObject | string {
    const hash = reference.lastIndexOf('#');
    const relative = hash < 0 ? reference : reference.slice(0, hash);
    const name = hash < 0 ? undefined : reference.slice(hash + 1);
    const objects = this.objects(relative, from);
    if (typeof objects === 'string') return objects;
    const meant = name === undefined ? objects : objects.filter(({ value }) => nameOf(value) === name);
    if (meant.length === 1) return meant[0]!;
    const names = objects.map(({ value }) => nameOf(value)).join(', ');
    if (name === undefined)
      return `${relative} holds ${objects.length} objects: write ${relative}#NAME (${names})`;
    return `${relative} holds ${meant.length === 0 ? 'no' : meant.length} object "${name}" (${names})`;
  }
}

/** Why a document of a file cannot be read; undefined where all can. */
function brokenDocument({ documents }: SourceFile): string | undefined {
  const broken = documents.find(({ value }) => value === undefined);
  return broken && (broken.problems[0]?.reason ?? '');
}

/** The names of the YAML and JSON files in a folder, sorted; with `deep` the paths of those in folders below it too. */
function yamlIn(folder: string, deep = false): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: deep })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/i.test(entry.name))
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();
}

/** The name in an object's metadata; empty where it has none. */
export function nameOf(value: PlacedObject['value']): string {
  const { metadata } = value;
  return isMapping(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
}

/** The namespace in an object's metadata; empty where it has none. */
export function namespaceOf(value: PlacedObject['value']): string {
  const { metadata } = value;
  return isMapping(metadata) && typeof metadata['namespace'] === 'string' ? metadata['namespace'] : '';
}
