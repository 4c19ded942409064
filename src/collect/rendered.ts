import type { Location, Rendered } from '../model/finding.ts';
import type { Path } from '../model/object.ts';
import type { Document } from '../yaml/index.ts';

/** Where something of a rendered object is written. */
export interface RenderedPlace {
  /** In a template, a resource, a patch or a kustomization. */
  readonly location: Location;
  /** What is to be said where the text there is not what was judged. */
  readonly rendered: Rendered | undefined;
}

/** How a rendered document came from the files of a chart or kustomization. */
export interface RenderedFrom {
  /** What objects of one rendering have in common: they are applied together. */
  readonly rendering: string;
  /** The file that most of the document comes from, as shown. */
  readonly file: string;
  /** Why the object cannot be mended where it was judged, and what to change instead. */
  readonly instead: string;
  /** Where a path of the document is written, or should be. */
  readonly locate: (document: Document, at: Path) => RenderedPlace;
  /** The text of a file that `locate` may point at. */
  readonly textOf: (file: string) => string | undefined;
  /** Every file (absolute) that what was rendered may depend on. */
  readonly inputs: () => readonly string[];
}

/** What a renderer made of one chart or kustomization. */
export interface RenderedText {
  /** A stream of YAML documents. */
  readonly text: string;
  /** Of a document of the text, by where it starts. */
  readonly fromOf: (document: Document) => RenderedFrom;
}
