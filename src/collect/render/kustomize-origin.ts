import path from 'node:path';
import type { Location } from '../../model/finding.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { child, valueAt } from '../../model/path.ts';
import { type Document, readDocuments } from '../../yaml/index.ts';
import { objectsIn } from '../objects.ts';
import type { RenderedFrom, RenderedPlace } from '../rendered.ts';
import type { Overlay } from './kustomize.ts';
import { asMap, type Kustomization, listOf, type Patch, patchesOf } from './kustomization.ts';
import { follow, isSame } from './list-match.ts';
import type { SourceFiles } from './source-files.ts';
import { transformerOf } from './transformers.ts';
import type { Wrapper } from './wrapper.ts';
import { locationIn, locationInScalar } from './written-location.ts';

/** A text that sets fields of an object: its resource, or a patch. */
interface Setter {
  readonly value: JsonObject;
  /** Where a path of `value` is written. */
  readonly locate: (at: Path) => Location;
}

/** Where the documents of a rendered kustomization come from. */
export class KustomizeOrigins {
  private readonly overlay: Overlay;
  private readonly wrapper: Wrapper | undefined;
  private readonly folder: string;
  private readonly origins: ReadonlyMap<number, string>;
  private readonly files: SourceFiles;
  private readonly known = new Map<number, RenderedFrom>();

  /** `folder`: where the kustomization stood that was built; `origins`: what Kustomize says of each document. */
  constructor(
    overlay: Overlay,
    wrapper: Wrapper | undefined,
    folder: string,
    origins: ReadonlyMap<number, string>,
    files: SourceFiles,
  ) {
    this.overlay = overlay;
    this.wrapper = wrapper;
    this.folder = folder;
    this.origins = origins;
    this.files = files;
  }

  of(document: Document): RenderedFrom {
    let known = this.known.get(document.index);
    if (known === undefined) this.known.set(document.index, (known = this.from(document)));
    return known;
  }

  private from(document: Document): RenderedFrom {
    const { files, overlay, wrapper } = this;
    const [root] = overlay.parts;
    const origin = asMap([...readDocuments(this.origins.get(document.index) ?? '')][0]?.value as Json);
    const named = origin?.['path'] ?? origin?.['configuredIn'];
    const file = typeof named === 'string' ? path.resolve(this.folder, named) : root!.file;
    const isGenerated = typeof origin?.['path'] !== 'string';
    let setters: readonly Setter[] | undefined;
    return {
      rendering:
        files.shown(root!.folder) + (wrapper === undefined ? '' : ` for ${files.shown(wrapper.file)}`),
      file: files.shown(file),
      instead: `rendered by ${files.shown(root!.file)}; change ${files.shown(file)} or a patch`,
      locate: (again, at) => {
        const value = again.value as JsonObject;
        setters ??= isGenerated ? [] : this.settersOf(value, file);
        return isGenerated ? this.generated(value, file) : this.place(value, at, file, setters);
      },
      textOf: (shown) => files.textOf(shown),
      inputs: () => [
        ...new Set([
          ...overlay.parts.flatMap((part) => [part.file, ...part.resources, ...part.others]),
          ...(wrapper === undefined ? [] : [wrapper.file]),
          file,
        ]),
      ],
    };
  }

  /** An object that a generator made stands at the generator. */
  private generated(value: JsonObject, file: string): RenderedPlace {
    const part = this.overlay.parts.find((one) => one.file === file) ?? this.overlay.parts[0]!;
    const name = nameOf(value);
    for (const key of ['configMapGenerator', 'secretGenerator', 'generators']) {
      for (const [i, entry] of listOf(part.value[key]).entries()) {
        const generated = asMap(entry)?.['name'];
        if (typeof generated === 'string' && name.includes(generated))
          return {
            location: locationIn(part.document, [key, i], this.files.shown(part.file)),
            rendered: undefined,
          };
      }
    }
    return { location: locationIn(part.document, [], this.files.shown(part.file)), rendered: undefined };
  }

  /** The text that says what was judged: the outermost patch or part of a kustomization with that value, else the resource. */
  private place(value: JsonObject, whole: Path, file: string, setters: readonly Setter[]): RenderedPlace {
    const wanted = valueAt(value, whole);
    const at = wanted === undefined ? follow(whole, value, value) : whole;
    const written = setters.map((setter) => ({ setter, found: follow(at, value, setter.value) }));
    const says = written.find(
      ({ found, setter }) =>
        found.length === at.length && isSame(valueAt(setter.value, found), valueAt(value, at)),
    );
    if (says !== undefined) return { location: says.setter.locate(says.found), rendered: undefined };
    const isScalar = wanted !== undefined && (wanted === null || typeof wanted !== 'object');
    const text = isScalar ? lineOf(at, wanted) : '';
    const around = isScalar && this.wrapper !== undefined ? this.wrapper : undefined;
    if (around !== undefined && transformerOf(around.kustomize, at, wanted!) !== undefined) {
      const location = locationIn(around.document, ['spec'], this.files.shown(around.file));
      return { location, rendered: { text, by: 'its parameters', place: undefined } };
    }
    for (const part of isScalar ? this.overlay.parts : []) {
      const transformer = transformerOf(part.value, at, wanted!);
      if (transformer === undefined) continue;
      const location = locationIn(part.document, transformer, this.files.shown(part.file));
      return { location, rendered: { text, by: String(transformer[0]), place: undefined } };
    }
    // What nobody has written is shown where most of the way to it is written.
    let nearest = written.at(-1);
    for (const one of written) if (one.found.length > nearest!.found.length) nearest = one;
    if (nearest !== undefined) {
      const location = nearest.setter.locate(nearest.found);
      return { location, rendered: text === '' ? undefined : { text, by: '', place: undefined } };
    }
    const [root] = this.overlay.parts;
    const [first] = this.files.documents(file);
    const location =
      first === undefined
        ? locationIn(root!.document, [], this.files.shown(root!.file))
        : locationIn(first, [], this.files.shown(file));
    return { location, rendered: undefined };
  }

  /** Patches from the outermost inwards, the last of a kustomization first, then the resource. */
  private settersOf(value: JsonObject, file: string): readonly Setter[] {
    const resource = this.resourceOf(value, file);
    const name = resource === undefined ? nameOf(value) : nameOf(resource.value);
    const setters: Setter[] = [];
    for (const part of this.overlay.parts) {
      for (const patch of patchesOf(part).toReversed()) {
        for (const setter of this.setters(patch, part)) {
          if (matches(patch.target, setter.value, value, name)) setters.push(setter);
        }
      }
    }
    return resource === undefined ? setters : [...setters, resource];
  }

  /** The object of a resource file that a rendered object was. */
  private resourceOf(value: JsonObject, file: string): Setter | undefined {
    const candidates = this.files
      .documents(file)
      .flatMap((document) =>
        [...objectsIn((document.value ?? null) as Json, [])].flatMap((found) =>
          'value' in found && found.value['kind'] === value['kind'] ? [{ document, ...found }] : [],
        ),
      );
    const name = nameOf(value);
    // Prefixes and suffixes make names longer; the longest name inside of it is the one.
    const [best] = candidates
      .filter((one) => name.includes(nameOf(one.value)))
      .sort((a, b) => nameOf(b.value).length - nameOf(a.value).length);
    const chosen = best ?? (candidates.length === 1 ? candidates[0] : undefined);
    if (chosen === undefined) return undefined;
    const { document, path: start } = chosen;
    return {
      value: chosen.value,
      locate: (at) => locationIn(document, [...start, ...at], this.files.shown(file)),
    };
  }

  /** The partial objects of a patch; operations of a JSON patch become such objects. */
  private setters(patch: Patch, part: Kustomization): Setter[] {
    const { source } = patch;
    const isFile = 'file' in source;
    const documents = isFile ? this.files.documents(source.file) : [...readDocuments(source.text)];
    const file = isFile ? source.file : part.file;
    const locationOf = (document: Document, at: Path): Location =>
      isFile
        ? locationIn(document, at, this.files.shown(file))
        : locationInScalar(part.document, source.at, document, at, this.files.shown(file));
    return documents.flatMap((document): Setter[] => {
      const value = document.value as Json | undefined;
      if (Array.isArray(value)) {
        return (value as readonly Json[]).flatMap((operation, i): Setter[] => {
          const set = operationValue(operation);
          if (set === undefined) return [];
          return [{ value: set, locate: () => locationOf(document, [i, 'path']) }];
        });
      }
      const partial = asMap(value);
      return partial === undefined ? [] : [{ value: partial, locate: (at) => locationOf(document, at) }];
    });
  }
}

/** Whether a patch is about an object; `name` is what the object was called before prefixes and suffixes. */
function matches(
  target: JsonObject | undefined,
  patch: JsonObject,
  value: JsonObject,
  name: string,
): boolean {
  if (target !== undefined) {
    const { kind, name: pattern, labelSelector, annotationSelector } = target;
    if (labelSelector !== undefined || annotationSelector !== undefined) return kind === value['kind'];
    if (typeof kind === 'string' && !isPattern(kind, String(value['kind']))) return false;
    return typeof pattern !== 'string' || isPattern(pattern, name);
  }
  return patch['kind'] === value['kind'] && nameOf(patch) === name;
}

/** Targets are regular expressions for the whole of a name. */
function isPattern(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  if (pattern.length > 200 || !/^[\w.*+|()-]*$/.test(pattern) || /[*+)][*+]/.test(pattern)) return false;
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

/** `add` and `replace` of a JSON patch as the object that has only that field. */
function operationValue(operation: Json): JsonObject | undefined {
  const fields = asMap(operation);
  if (fields === undefined || typeof fields['path'] !== 'string') return undefined;
  if (fields['op'] !== 'add' && fields['op'] !== 'replace') return undefined;
  const steps = fields['path']
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: Json = fields['value'] ?? null;
  for (const step of steps.toReversed()) {
    if (step === '-') value = [value];
    else if (/^\d+$/.test(step)) {
      const items: Json[] = Array.from({ length: Math.min(Number(step), 1000) }, () => null);
      value = [...items, value];
    } else value = { [step]: value };
  }
  return asMap(value);
}

/** A field as it is written in a line. */
function lineOf(at: Path, value: Json): string {
  const text = typeof value === 'string' ? value : String(value);
  return typeof at.at(-1) === 'number' ? `- ${text}` : `${at.at(-1)}: ${text}`;
}

function nameOf(value: JsonObject): string {
  const name = child(value['metadata'], 'name');
  return typeof name === 'string' ? name : '';
}
