import type { JsonObject, ObjectReference, Origin } from '../model/object.ts';
import { type Document, type DocumentPlace, type LineIndex, readDocumentAt } from '../yaml/index.ts';
import { Excerpt, type ExcerptPlace } from './dump/excerpt.ts';
import type { Manifest } from './manifests.ts';
import { objectsIn } from './objects.ts';

/** What identifies a manifest without its object. */
type KubeReference = Pick<Manifest, 'reference' | 'origin' | 'rendered'>;

/** A manifest that knows where it stood. */
export interface ShelvedManifest extends Manifest {
  /** Where its document stood. */
  readonly place: DocumentPlace;
}

/** A document of a file that is held: read again when somebody asks, then kept. */
class ShelvedDocument {
  private read: Document | undefined;
  private objects: ReadonlyMap<string, JsonObject> | undefined;
  readonly place: DocumentPlace;

  constructor(place: DocumentPlace) {
    this.place = place;
  }

  get document(): Document {
    return (this.read ??= readDocumentAt(this.place));
  }

  objectAt(path: Origin['path']): JsonObject {
    this.objects ??= new Map(
      [...objectsIn(this.document.value ?? null, [])].flatMap((found) =>
        'value' in found ? [[found.path.join('/'), found.value]] : [],
      ),
    );
    return this.objects.get(path.join('/'))!;
  }
}

/** A manifest of a file that is held. */
class FiledManifest implements ShelvedManifest {
  readonly reference: ObjectReference;
  readonly origin: Origin;
  readonly rendered: Manifest['rendered'];
  private readonly shelved: ShelvedDocument;

  constructor({ reference, origin, rendered }: KubeReference, shelved: ShelvedDocument) {
    this.reference = reference;
    this.origin = origin;
    this.rendered = rendered;
    this.shelved = shelved;
  }

  get source(): Document {
    return this.shelved.document;
  }

  get place(): DocumentPlace {
    return this.shelved.place;
  }

  get lines(): LineIndex {
    return this.shelved.place.lines;
  }

  get value(): JsonObject {
    return this.shelved.objectAt(this.origin.path);
  }
}

/** A manifest of a dump, read again whenever somebody asks: there may be a hundred thousand, so it is as small as can be. */
class DumpedManifest implements ShelvedManifest {
  readonly reference: ObjectReference;
  readonly origin: Origin;
  private readonly at: ExcerptPlace;

  constructor(reference: ObjectReference, origin: Origin, at: ExcerptPlace) {
    this.reference = reference;
    this.origin = origin;
    this.at = at;
  }

  get source(): Document {
    return this.at.dump.document(this.at.part, this.at.nth);
  }

  get place(): DocumentPlace {
    return this.source;
  }

  get lines(): LineIndex {
    return this.source.lines;
  }

  get value(): JsonObject {
    return this.at.dump.objectAt(this.at.part, this.at.nth, this.origin.path);
  }
}

/** Whether only the place of a manifest is kept, so that whoever holds it holds no object. */
export function isShelved(manifest: Manifest): manifest is ShelvedManifest {
  return manifest instanceof FiledManifest || manifest instanceof DumpedManifest;
}

/**
 * Puts the manifests of one file away: the same manifests, whose objects are forgotten until somebody asks for one, and
 * then read again from the file's text. A scan of thousands of objects comes back to a few of them.
 */
export function shelve(manifests: readonly Manifest[]): ShelvedManifest[] {
  const shelf = new Shelf();
  return manifests.map(({ reference, origin, rendered, source }) => {
    if (source.lines instanceof Excerpt) {
      const { place } = source.lines;
      return new DumpedManifest(place.dump.share(reference), origin, place);
    }
    const { index, start, end, lines, maxDepth } = source;
    return shelf.put({ reference, origin, rendered }, { index, start, end, lines, maxDepth });
  });
}

/** The shelved manifests of one file. */
export class Shelf {
  private readonly documents = new Map<number, ShelvedDocument>();

  put(manifest: KubeReference, place: DocumentPlace): ShelvedManifest {
    let shelved = this.documents.get(place.index);
    if (shelved === undefined) this.documents.set(place.index, (shelved = new ShelvedDocument(place)));
    return new FiledManifest(manifest, shelved);
  }
}
