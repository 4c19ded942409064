import type { JsonObject, ObjectReference, Origin } from '../model/object.ts';
import { type Document, type DocumentPlace, type LineIndex, readDocumentAt } from '../yaml/index.ts';
import type { Manifest } from './manifests.ts';
import { objectsIn } from './objects.ts';

/** What a shelved manifest does with its document: read again when somebody asks, then kept. */
class ShelvedDocument {
  private read: Document | undefined;
  private objects: ReadonlyMap<string, JsonObject> | undefined;
  readonly place: DocumentPlace;

  constructor({ index, start, end, lines, maxDepth }: DocumentPlace) {
    this.place = { index, start, end, lines, maxDepth };
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

class ShelvedManifest implements Manifest {
  readonly reference: ObjectReference;
  readonly origin: Origin;
  private readonly shelved: ShelvedDocument;

  constructor({ reference, origin }: Manifest, shelved: ShelvedDocument) {
    this.reference = reference;
    this.origin = origin;
    this.shelved = shelved;
  }

  get source(): Document {
    return this.shelved.document;
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
export function shelve(manifests: readonly Manifest[]): Manifest[] {
  const documents = new Map<Document, ShelvedDocument>();
  return manifests.map((manifest) => {
    let shelved = documents.get(manifest.source);
    if (shelved === undefined)
      documents.set(manifest.source, (shelved = new ShelvedDocument(manifest.source)));
    return new ShelvedManifest(manifest, shelved);
  });
}
