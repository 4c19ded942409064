import { type Functions, readPlan, type StoredPlan } from '../cel/plan/stored.ts';
import { kubernetesFunctions } from '../cel/kubernetes/environment.ts';
import type { Type } from '../cel/type.ts';
import type { StoredExpression, StoredExpressions } from '../policy/stored-expressions.ts';
import type { Catalogue } from './catalogue.ts';
import { CatalogueError } from './catalogue-error.ts';
import type { Framework } from './framework.ts';
import type { Profile } from './profile.ts';
import { restoreExpressions, type SharedControl } from './text-table.ts';
import { formatMinorVersion, type MinorVersion } from './versions.ts';

/**
 * The catalogue in the form in which it is shipped: three lines, all of them ASCII.
 *
 * 1. a digest of the rest;
 * 2. a {@link CompiledIndex};
 * 3. what the index points into: the JSON of each control and framework and the nodes of each stored plan, without anything between.
 *
 * So a run reads the JSON of the controls it uses and the plans it evaluates, however many there are beside them.
 */
export interface CompiledIndex {
  readonly profiles: readonly Profile[];
  readonly frameworks: readonly (readonly [name: string, ...slice: Slice])[];
  readonly controls: readonly (readonly [id: string, ...slice: Slice])[];
  /** All expressions, for which numbers stand in the controls. */
  readonly texts: readonly string[];
  /** What expressions are compiled for: see `PolicyCompiler.programs`. */
  readonly contexts: readonly string[];
  /** What the numbers in the plans stand for. */
  readonly types: readonly Type[];
  readonly expressions: readonly CompiledExpression[];
}

/** Where something stands in the third line: from its first character to the one after its last. */
export type Slice = readonly [start: number, end: number];

/** An expression for a range of Kubernetes versions, both ends inclusive; the slice is that of its root node. */
export type CompiledExpression = readonly [
  text: number,
  context: number,
  from: MinorVersion,
  until: MinorVersion,
  type: number,
  slots: StoredPlan[0],
  nodes: StoredPlan[1],
  globals: StoredPlan[2],
  ...slice: Slice,
];

/**
 * Reads a compiled catalogue; its content is the program's own and is not checked again. Throws a CatalogueError where its
 * digest is not the one asked for: then program and catalogue come from different builds.
 */
export function readCompiled(text: string, digest: string): Catalogue {
  const first = text.indexOf('\n');
  const second = text.indexOf('\n', first + 1);
  if (text.slice(0, first) !== digest) {
    throw new CatalogueError('the compiled catalogue belongs to another build of this program');
  }
  const index = JSON.parse(text.slice(first + 1, second)) as CompiledIndex;
  const read = (start: number, end: number): unknown =>
    JSON.parse(text.slice(second + 1 + start, second + 1 + end));
  return {
    controls: new LazyMap(
      index.controls.map(([id, ...slice]) => [
        id,
        () => restoreExpressions(read(...slice) as SharedControl, index.texts),
      ]),
    ),
    frameworks: new LazyMap(
      index.frameworks.map(([name, ...slice]) => [name, () => read(...slice) as Framework]),
    ),
    profiles: new Map(index.profiles.map((profile) => [profile.name, profile])),
    expressions: (version) => expressionsOf(index, version, read),
  };
}

function expressionsOf(
  { expressions, texts, contexts, types }: CompiledIndex,
  version: MinorVersion,
  read: (...slice: Slice) => unknown,
): StoredExpressions {
  const byText = new Map<string, CompiledExpression[]>();
  for (const one of expressions) {
    const [number, , from, until] = one;
    if (version < from || until < version) continue;
    const text = texts[number]!;
    const others = byText.get(text);
    if (others === undefined) byText.set(text, [one]);
    else others.push(one);
  }
  let known: Functions | undefined;
  const functions = (): Functions => (known ??= kubernetesFunctions(formatMinorVersion(version)));
  return {
    find(text: string, context: string): StoredExpression | undefined {
      const found = byText.get(text)?.find(([, number]) => contexts[number] === context);
      if (found === undefined) return undefined;
      const [, , , , type, slots, nodes, globals, ...slice] = found;
      const root = (): StoredPlan[3] => read(...slice) as StoredPlan[3];
      return {
        type: types[type]!,
        plan: readPlan({ frame: [slots, nodes, globals], root, types, functions }),
      };
    },
  };
}

/** A map whose values are made when they are first asked for. */
class LazyMap<K, V> implements ReadonlyMap<K, V> {
  readonly #makers: ReadonlyMap<K, () => V>;
  readonly #made = new Map<K, V>();

  constructor(makers: readonly (readonly [K, () => V])[]) {
    this.#makers = new Map(makers);
  }

  get size(): number {
    return this.#makers.size;
  }

  get(key: K): V | undefined {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const make = this.#makers.get(key);
    if (make === undefined) return undefined;
    const made = make();
    this.#made.set(key, made);
    return made;
  }

  has(key: K): boolean {
    return this.#makers.has(key);
  }

  keys(): MapIterator<K> {
    return this.#makers.keys();
  }

  values(): MapIterator<V> {
    return this.whole().values();
  }

  entries(): MapIterator<[K, V]> {
    return this.whole().entries();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }

  private whole(): Map<K, V> {
    return new Map([...this.keys()].map((key) => [key, this.get(key)!]));
  }
}
