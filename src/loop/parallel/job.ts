import type { MessagePort } from 'node:worker_threads';
import type { MinorVersion } from '../../catalogue/versions.ts';
import type { Collection, FoundInput } from '../../collect/manifests.ts';
import type { KeptExtract } from '../../derive/extract.ts';
import type { Settings } from '../../config/settings.ts';
import type { JsonObject, ObjectReference, Path } from '../../model/object.ts';
import type { Problem, Verdict } from '../../model/finding.ts';
import type { Selection } from '../ruleset.ts';

/**
 * What a second thread is given: all files, of which it takes from the end while the first thread takes from the start,
 * until they meet.
 */
export interface Job {
  readonly files: readonly FoundInput[];
  readonly cwd: string;
  readonly maxDepth: number | undefined;
  readonly version: MinorVersion;
  readonly selection: Selection;
  readonly settings: readonly Settings[];
  /** Index into `settings` of each file. */
  readonly settingsOf: readonly number[];
  /** Whether any rule of any file asks for a derivation. */
  readonly derives: boolean;
  /** Int32: see `Slot`. */
  readonly shared: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** The numbers both threads see. */
export const slot = {
  /** How many files are taken. */
  taken: 0,
  /** How many of them the second thread is done with: its sign of life. */
  done: 1,
  /** 1 when its answer is on the way. */
  answered: 2,
} as const;

/** What the second thread found, as plain data. */
export interface Answer {
  /** Files by index, from the last one down. */
  readonly files: readonly PackedFile[];
  readonly tallies: readonly PackedTally[];
  readonly likenesses: readonly PackedLikeness[];
  readonly rest: Omit<Collection, 'manifests'>;
}

/** What was found in one file. */
export interface PackedFile {
  readonly index: number;
  /** Of its text; 0 where it holds no objects. */
  readonly length: number;
  readonly objects: readonly PackedObject[];
  readonly definitions: readonly JsonObject[];
  readonly extracts: readonly KeptExtract[];
}

/** One object, without its text: that is read again where somebody asks for it. */
export interface PackedObject {
  readonly reference: ObjectReference;
  readonly document: number;
  readonly start: number;
  readonly end: number;
  readonly path: Path;
  /** Index into `tallies`; -1 for an object that waits for its definition. */
  readonly tally: number;
  /** Index into `likenesses`; -1 where it is not known what the object looks like. */
  readonly alike: number;
  readonly mayBeSuppressed: boolean;
  readonly hasOwner: boolean;
  readonly problems: readonly Problem[];
  readonly others: readonly PackedFinding[];
}

/** A `Tally` whose rules are named. */
export interface PackedTally {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly failing: readonly string[];
  readonly judgedBy: readonly string[];
}

/** Where objects that look alike fail rules, by the rules' names: see `failingPaths`. */
export type PackedLikeness = readonly (readonly [string, readonly string[]])[];

/** An unknown or an error. */
export interface PackedFinding {
  readonly control: string;
  readonly verdict: Verdict;
  readonly message: string;
  readonly reason: string;
  readonly at: Path;
}
