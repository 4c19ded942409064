import type { JsonObject, ObjectReference, Origin } from '../model/object.ts';
import { type Document, type DocumentPlace, type LineIndex, readDocumentAt } from '../yaml/index.ts';
import { Excerpt, type ExcerptPlace } from './dump/excerpt.ts';
import type { Manifest } from './manifests.ts';
import { objectsIn } from './objects.ts';

/** What identifies a manifest without its object. */
type KubeReference = Pick<Manifest, 'reference' | 'origin' | 'rendered'>;

/** What a shelved manifest asks its document for. */
interface Shelved {
  readonly place: DocumentPlace;
  readonly document: Document;
  objectAt(path: Origin['path']): JsonObject;
}

/** A document of a file that is held: read again when somebody asks, then kept. */
class ShelvedDocument implements Shelved {
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

/** A document of a dump: read again whenever somebody asks. */
class DumpedDocument implements Shelved {
  private readonly at: ExcerptPlace;

  constructor(at: ExcerptPlace) {
    this.at = at;
  }

  get document(): Document {
    return this.at.dump.document(this.at.part, this.at.nth);
  }

  get place(): DocumentPlace {
    return this.document;
  }

  objectAt(path: Origin['path']): JsonObject {
    return this.at.dump.objectAt(this.at.part, this.at.nth, path);
  }
}

/** A manifest that knows where it stood. */
export class ShelvedManifest implements Manifest {
  readonly reference: ObjectReference;
  readonly origin: Origin;
  readonly rendered: Manifest['rendered'];
  private readonly shelved: Shelved;

  constructor({ reference, origin, rendered }: KubeReference, shelved: Shelved) {
    this.reference = reference;
    this.origin = origin;
    this.rendered = rendered;
    this.shelved = shelved;
  }

  get source(): Document {
    return this.shelved.document;
  }

  /** Where its document stood. */
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

/**
 * Puts the manifests of one file away: the same manifests, whose objects are forgotten until somebody asks for one, and
 * then read again from the file's text. A scan of thousands of objects comes back to a few of them.
 */
export function shelve(manifests: readonly Manifest[]): ShelvedManifest[] {
  const shelf = new Shelf();
  return manifests.map(({ reference, origin, rendered, source }) => {
    if (source.lines instanceof Excerpt) {
      const { place } = source.lines;
      return new ShelvedManifest(
        { reference: place.dump.share(reference), origin },
        new DumpedDocument(place),
      );
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
    return new ShelvedManifest(manifest, shelved);
  }
}
