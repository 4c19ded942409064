import { Excerpt } from '../collect/dump/excerpt.ts';
import type { Manifest, ManifestReader } from '../collect/manifests.ts';
import { shelve, type ShelvedManifest } from '../collect/shelf.ts';
import { extract, type ExtractKeeper, type KeptExtract } from '../derive/extract.ts';
import { builtInKind, isServed } from '../kube/kinds.ts';
import type { JsonObject } from '../model/object.ts';
import type { Document } from '../yaml/index.ts';
import type { Judging } from './judging.ts';
import type { ManifestVerdicts } from './manifest-verdicts.ts';
import type { Ruleset } from './ruleset.ts';

/** What was found in a file. */
export interface FileVerdicts {
  readonly objects: readonly (JudgedObject | Waiting)[];
  /** CustomResourceDefinitions: others wait for them. */
  readonly definitions: readonly JsonObject[];
  /** What is kept of each of the objects for derivations; empty where no rule asks for one. */
  readonly extracts: readonly KeptExtract[];
}

/** The verdicts about an object that has been forgotten. */
export type JudgedObject = ManifestVerdicts<ShelvedManifest>;

/** An object of no built-in kind, whose definition may stand in another file: to be judged when all are read. */
export interface Waiting {
  readonly waiting: ShelvedManifest;
}

/**
 * Reads a file by its place in the reader's list, judges its objects and forgets all but what derivations need of them, which `keeper`
 * keeps; undefined where no rule asks for one.
 */
export function judgeFile(
  reader: ManifestReader,
  index: number,
  judging: Judging,
  rulesetOf: (manifest: Manifest) => Ruleset,
  keeper: ExtractKeeper | undefined,
): FileVerdicts {
  const definitions: JsonObject[] = [];
  const objects: (JudgedObject | Waiting)[] = [];
  const extracts: KeptExtract[] = [];
  for (const manifests of reader.batches(index)) {
    const shelved = shelve(manifests);
    for (const [i, manifest] of manifests.entries()) {
      const { reference, source, value } = manifest;
      const { apiVersion, kind } = reference;
      if (kind === 'CustomResourceDefinition') definitions.push(value);
      const isWaiting = !isServed(apiVersion, kind) && builtInKind(apiVersion, kind) === undefined;
      objects.push(
        isWaiting ? { waiting: shelved[i]! } : judging.judge(manifest, rulesetOf(manifest), shelved[i]!),
      );
      if (keeper !== undefined) extracts.push(shared(keeper.keep(extract(value)), source));
    }
  }
  return { objects, definitions, extracts };
}

/** Of a dump there are so many that they have to be small. */
function shared(kept: KeptExtract, { lines }: Document): KeptExtract {
  return lines instanceof Excerpt ? lines.place.dump.share(kept) : kept;
}
