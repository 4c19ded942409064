import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../model/object.ts';
import { type Document, readDocuments } from '../../yaml/index.ts';
import { asMap, listOf } from './kustomization.ts';

/** A ConfigMap or Secret of the input. */
export interface ConfigObject {
  /** Its file, absolute. */
  readonly file: string;
  readonly document: Document;
  /** Where in the document: an item of a List, or the whole. */
  readonly at: readonly (string | number)[];
  readonly value: JsonObject;
}

/** The ConfigMaps and Secrets of the input, read when the first of them is asked for. */
export class ConfigObjects {
  private readonly files: readonly string[];
  private known: ReadonlyMap<string, ConfigObject> | undefined;

  /** `files`: absolute. */
  constructor(files: readonly string[]) {
    this.files = files;
  }

  /** An object without a namespace of its own is taken to be applied into the one that is asked for. */
  find(kind: string, namespace: string, name: string): ConfigObject | undefined {
    this.known ??= new Map(this.files.flatMap((file) => objectsIn(file)));
    return this.known.get(`${kind} ${namespace}/${name}`) ?? this.known.get(`${kind} /${name}`);
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
      return [[key, { file, document, at, value: object }]];
    });
  });
}
