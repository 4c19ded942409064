import type { Problem } from '../model/finding.ts';
import type { KubeObject } from '../model/object.ts';
import type { Document, LineIndex } from '../yaml/index.ts';
import type { RenderedFrom, RenderedText } from './rendered.ts';
import type { FoundFile, WalkOptions } from './walk.ts';

/** An object of a file, with the document it stands in for exact locations. */
export interface Manifest extends KubeObject {
  readonly source: Document;
  /** The text of its file. */
  readonly lines: LineIndex;
  /** How it came from its file, where that is input of a renderer; `source` and `lines` are what was rendered. */
  readonly rendered?: RenderedFrom | undefined;
}

/** What is read, and how. */
export interface CollectOptions extends WalkOptions {
  /** Deepest nesting that is read, default 500. */
  readonly maxDepth?: number;
  /** Objects of Argo CD and Flux whose folders were rendered for them, as `file#document`. */
  readonly unwrapped?: ReadonlySet<string>;
  /** Says no to files that a configuration excludes. */
  readonly accept?: (absolute: string) => boolean;
  /** Called after each file: how many are done of how many. */
  readonly onProgress?: (done: number, all: number) => void;
  /** The text of standard input, for the input `-`. */
  readonly stdin?: () => Uint8Array;
  /** The same in blocks, which a dump is written into a temporary file from. */
  readonly stdinBlocks?: () => Iterable<Uint8Array>;
  /** Reads a file (absolute), by default from the disk. Throws as `readFileSync` does. */
  readonly readBytes?: ((absolute: string) => Uint8Array) | undefined;
  /**
   * Bytes from which on a file is read part by part and never held as a whole; by default none is. Its objects have to be
   * shelved, and an item of a List counts as a document of its own.
   */
  readonly dumpFrom?: number;
}

/** What was found in the inputs, and everything that was not judged and why. */
export interface Collection {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
  /** Files that hold at least one object. */
  readonly files: number;
  readonly notManifests: number;
  /** Charts and Kustomize folders, and files that are templates, as shown. */
  readonly renderingNeeded: readonly string[];
}

/** A file, or standard input, which has no path. */
export type FoundInput = Omit<FoundFile, 'absolute'> & {
  readonly absolute: string | undefined;
  /** What was made of it, where it is a chart or a kustomization that has been rendered. */
  readonly rendered?: RenderedInput;
};

/** A rendered text, and the files (as shown) whose objects are wanted where not all are. */
export type RenderedInput = RenderedText & { readonly only: ReadonlySet<string> | undefined };
