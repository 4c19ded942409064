import type { ReportOptions } from '../reporter.ts';
import type { FixPreviewer } from './fix-preview.ts';

/** What a page tells beyond the report. */
export interface HtmlOptions extends Pick<
  ReportOptions,
  'source' | 'excerpt' | 'as' | 'elapsedMilliseconds' | 'version'
> {
  /** What was scanned, as it was named. */
  readonly inputs: readonly string[];
  /** The day it was scanned, `YYYY-MM-DD`. */
  readonly date: string;
  /** Without one no fix is shown. */
  readonly fixOf?: FixPreviewer;
}

/** How much of a large report a page shows in full; what goes beyond is listed line by line, and at last only counted. */
export interface Limits {
  /** Entries with their code, in all and of one control. */
  readonly entries: number;
  readonly entriesOfControl: number;
  /** Elements of one entry with their code, and those that are named. */
  readonly frames: number;
  readonly paths: number;
  /** Fixes that are worked out. */
  readonly fixes: number;
  readonly fixesOfControl: number;
  /** Entries that are listed in one line. */
  readonly lines: number;
  readonly problems: number;
}

/** A page of these limits has at most about 5 MB of code and 50 MB of lines. */
export const defaultLimits: Limits = {
  entries: 1500,
  entriesOfControl: 30,
  frames: 4,
  paths: 40,
  fixes: 400,
  fixesOfControl: 8,
  lines: 200_000,
  problems: 500,
};
