import type { Location, Report } from '../model/finding.ts';
import type { Passage } from './frame.ts';

/** What a reporter may know beyond the report itself. */
export interface ReportOptions {
  /** The text of a file of the report, for code frames; undefined when it cannot be had any more. */
  readonly source: (file: string) => string | undefined;
  /** The text around a place of a file that is too large for {@link source}. */
  readonly excerpt?: (place: Location) => Passage | undefined;
  /** Show every finding instead of the first screen. */
  readonly all: boolean;
  /** List passes and not-applicables too, in the formats that leave them out otherwise. */
  readonly showAll?: boolean;
  /** Only what decides: no frames, no posture. */
  readonly quiet: boolean;
  readonly color: boolean;
  /** Columns of the terminal; text is cut, never wrapped. */
  readonly width: number;
  /** The tool whose ids are printed beside ours, as the controls' aliases name it. */
  readonly as?: string | undefined;
  readonly elapsedMilliseconds: number;
  /** Scantling's own version. */
  readonly version: string;
}

/** Turns a report into text, piece by piece, so that a large report need not be held as one string. */
export type Reporter = (report: Report, options: ReportOptions) => Iterable<string>;
