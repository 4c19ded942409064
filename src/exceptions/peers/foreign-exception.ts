import type { ExceptionScope } from '../../model/exception.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';

/** The tools whose exceptions can be read. */
export const peers = [
  'kubescape',
  'trivy',
  'checkov',
  'kube-linter',
  'polaris',
  'kube-score',
  'kyverno',
] as const;
/** A tool whose exceptions are read. */
export type Peer = (typeof peers)[number];

/** An exception as another tool has it, before its checks are translated. */
export interface ForeignException {
  readonly tool: Peer;
  /** Ids of its checks, with `*` for some; undefined for all of them. */
  readonly checks: readonly string[] | undefined;
  /** Empty where none is given. */
  readonly reason: string;
  /** The last day it counts, `YYYY-MM-DD`. */
  readonly until?: string;
  readonly owner?: string;
  readonly match: ExceptionScope;
  /** What it is limited to that an exception of ours cannot say; empty where it can be said exactly. */
  readonly wider: readonly string[];
  /** Where it stands in its document. */
  readonly path: Path;
}

/** Something of an exception file that cannot be carried over, and why. */
export interface Unread {
  readonly tool: Peer;
  readonly path: Path;
  readonly reason: string;
}

/** What a file or object of another tool says. */
export interface Foreign {
  readonly exceptions: readonly ForeignException[];
  readonly unread: readonly Unread[];
}

/** Collects what a reader finds. */
export class ForeignReader implements Foreign {
  readonly exceptions: ForeignException[] = [];
  readonly unread: Unread[] = [];
  private readonly tool: Peer;
  constructor(tool: Peer) {
    this.tool = tool;
  }

  add(one: Omit<ForeignException, 'tool' | 'wider'> & { readonly wider?: readonly string[] }): void {
    this.exceptions.push({ wider: [], ...one, tool: this.tool });
  }

  leave(path: Path, reason: string): void {
    this.unread.push({ tool: this.tool, path, reason });
  }
}

/** A value as a map; empty where it is none. */
export function mapOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A value as a list; empty where it is none. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The strings of a list, or one string alone. */
export function textsOf(value: Json | undefined): readonly string[] {
  const list = typeof value === 'string' ? [value] : listOf(value);
  return list.filter((one) => typeof one === 'string');
}

/** A value as text; empty where it is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The last whole day before a time that another tool ends at; undefined for what is no time. */
export function dayBefore(time: string): string | undefined {
  const parsed = Date.parse(time);
  if (Number.isNaN(parsed)) return undefined;
  const day = new Date(`${new Date(parsed).toISOString().slice(0, 10)}T00:00:00Z`);
  return new Date(day.getTime() - 86_400_000).toISOString().slice(0, 10);
}
