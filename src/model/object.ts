/** A JSON value as a manifest holds it; integers beyond 2^53 are `bigint`. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Where an object came from: a document of a file. `derived` names the path of an embedded template. */
export interface Origin {
  /** POSIX path as shown to people; `-` for standard input. */
  readonly file: string;
  /** Index of the document in its file, from 0. */
  readonly document: number;
  /** Path inside the document where the object starts: empty, or `['items', 3]` for an item of a List. */
  readonly path: Path;
}

/** What identifies an object in a report. `namespace` is empty when the object has none or none is written. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A path inside an object: field names and list indexes. */
export type Path = readonly (string | number)[];

/** A Kubernetes-shaped object with where it came from. */
export interface KubeObject {
  readonly reference: ObjectReference;
  readonly value: JsonObject;
  readonly origin: Origin;
}
