import type { JsonObject, ObjectReference, Origin } from '../model/object.ts';
import { type Document, type DocumentPlace, type LineIndex, readDocumentAt } from '../yaml/index.ts';
import type { Manifest } from './manifests.ts';
import { objectsIn } from './objects.ts';

/** What identifies a manifest without its object. */
type KubeReference = Pick<Manifest, 'reference' | 'origin'>;

/** What a shelved manifest does with its document: read again when somebody asks, then kept. */
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

/** A manifest that knows where it stood. */
export class ShelvedManifest implements Manifest {
  readonly reference: ObjectReference;
  readonly origin: Origin;
  private readonly shelved: ShelvedDocument;

  constructor({ reference, origin }: KubeReference, shelved: ShelvedDocument) {
    this.reference = reference;
    this.origin = origin;
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
  return manifests.map(({ reference, origin, source }) => {
    const { index, start, end, lines, maxDepth } = source;
    return shelf.put({ reference, origin }, { index, start, end, lines, maxDepth });
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
