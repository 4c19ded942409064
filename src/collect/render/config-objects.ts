import { readFileSync } from 'node:fs';
import { groupBy } from '../../model/group-by.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { type Document, readDocuments } from '../../yaml/index.ts';
import { type GeneratedConfig, generatedBy } from './generated-config.ts';
import { asMap, listOf } from './kustomization.ts';

/** Why an object is not known that nothing makes. */
export const notThere = 'is not in the input';

/** A ConfigMap or Secret of the input, or one that a kustomization of it generates. */
export interface ConfigObject {
  /** What it has under a key. */
  readonly field: (key: string) => ConfigField | undefined;
}

/** A text in a ConfigMap or Secret, and where it is written. */
export interface ConfigField {
  /** Absolute. */
  readonly file: string;
  readonly document: Document;
  readonly at: Path;
  readonly text: string;
}

/** The ConfigMaps and Secrets of the input, read when the first of them is asked for. */
export class ConfigObjects {
  private readonly files: readonly string[];
  private readonly kustomizations: readonly string[];
  private known: ReadonlyMap<string, ConfigObject> | undefined;
  private generated: ReadonlyMap<string, readonly GeneratedConfig[]> | undefined;

  /** `files` and `kustomizations` (their folders): absolute. */
  constructor(files: readonly string[], kustomizations: readonly string[] = []) {
    this.files = files;
    this.kustomizations = kustomizations;
  }

  /**
   * The object that is meant in the file `from`; in a few words why it is not known. One without a namespace of its own is
   * taken to be applied into the one that is asked for.
   */
  find(kind: string, namespace: string, name: string, from: string): ConfigObject | string {
    this.known ??= new Map(this.files.flatMap((file) => objectsIn(file)));
    const keys = [`${kind} ${namespace}/${name}`, `${kind} /${name}`];
    const written = keys.map((key) => this.known!.get(key)).find((found) => found !== undefined);
    if (written !== undefined) return written;
    this.generated ??= groupBy(this.kustomizations.flatMap(generatedBy), ({ key }) => key);
    const made = keys.flatMap((key) => this.generated!.get(key) ?? []);
    // A name is made by each overlay that has its own values: the one that lists the object is meant.
    const own = made.length === 1 ? made : made.filter(({ resources }) => resources.includes(from));
    if (own.length === 1) return own[0]!;
    return made.length === 0 ? notThere : 'is made by several kustomizations';
  }
}

/** Bytes of a file that is looked into; a dump of a cluster holds no sources. */
const mostBytes = 2 ** 20;

function objectsIn(file: string): [string, ConfigObject][] {
  let text: Buffer;
  try {
    text = readFileSync(file);
  } catch {
    return [];
  }
  if (text.length > mostBytes || !/\b(?:ConfigMap|Secret)\b/.test(text.toString('latin1'))) return [];
  return [...readDocuments(text)].flatMap((document) => {
    const value = document.value as Json | undefined;
    const items = asMap(value)?.['kind'] === 'List' ? listOf(asMap(value)!['items']) : undefined;
    const all = items?.map((item, i) => ({ item, at: ['items', i] })) ?? [{ item: value, at: [] }];
    return all.flatMap(({ at, item }): [string, ConfigObject][] => {
      const object = asMap(item);
      if (object === undefined || (object['kind'] !== 'ConfigMap' && object['kind'] !== 'Secret')) return [];
      const { name, namespace } = asMap(object['metadata']) ?? {};
      const key = `${object['kind']} ${typeof namespace === 'string' ? namespace : ''}/${String(name)}`;
      const field = (name: string): ConfigField | undefined => {
        const found = fieldOf(object, name);
        return found && { file, document, at: [...at, ...found.at], text: found.text };
      };
      return [[key, { field }]];
    });
  });
}

function fieldOf(object: JsonObject, key: string): { readonly text: string; readonly at: Path } | undefined {
  const isSecret = object['kind'] === 'Secret';
  for (const field of isSecret ? ['stringData', 'data'] : ['data']) {
    const text = asMap(object[field])?.[key];
    if (typeof text !== 'string') continue;
    const isEncoded = isSecret && field === 'data';
    return { text: isEncoded ? Buffer.from(text, 'base64').toString() : text, at: [field, key] };
  }
  return undefined;
}
