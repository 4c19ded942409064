import type { Problem } from '../model/finding.ts';
import type { Path } from '../model/object.ts';

/** A point in a file, 1-based. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Says where the value at `path` of a policy's object is written; with `offset` the character of that string value,
 * counted in UTF-16 units of the value and not of its YAML spelling. A path that is not written is located at its
 * nearest ancestor that is.
 */
export type Locate = (path: Path, offset?: number) => SourcePosition;

/** A problem with a policy or binding, with the path of the field that has it. */
export interface PolicyProblem extends Problem {
  readonly path: Path;
  /** The character of the string at `path` that is meant, in UTF-16 units; undefined where all of it is. */
  readonly offset?: number;
}

/** Collects the problems of one object. */
export class ProblemList {
  readonly problems: PolicyProblem[] = [];
  private readonly locate: Locate;
  constructor(locate: Locate) {
    this.locate = locate;
  }

  /** Something the API server refuses. */
  error(path: Path, reason: string, offset?: number): void {
    const at = offset === undefined ? {} : { offset };
    this.problems.push({ ...this.position(path, offset), severity: 'error', reason, path, ...at });
  }

  /** Something the API server accepts but that a person should know. */
  warn(path: Path, reason: string, offset?: number): void {
    const at = offset === undefined ? {} : { offset };
    this.problems.push({ ...this.position(path, offset), severity: 'warning', reason, path, ...at });
  }

  /** Whether anything here would make the API server refuse the object. */
  get refused(): boolean {
    return this.problems.some((problem) => problem.severity === 'error');
  }

  private position(path: Path, offset: number | undefined): SourcePosition {
    const { file, line, column } = this.locate(path, offset);
    return { file, line, column };
  }
}

/** For objects that come from no file. */
export const nowhere: Locate = () => ({ file: '', line: 0, column: 0 });
