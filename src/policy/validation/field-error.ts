import { goQuote } from '../../cel/go-quote.ts';
import type { Path } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import { goJson } from '../go-text.ts';
import type { ProblemList } from '../problem.ts';

/**
 * The texts of the API server's field validation, each prefixed with the field's path.
 *
 * Source: apimachinery `pkg/util/validation/field/errors.go`.
 */
export class FieldErrors {
  private readonly problems: ProblemList;
  constructor(problems: ProblemList) {
    this.problems = problems;
  }

  /** The field must be given. */
  required(path: Path, detail = ''): void {
    this.add(path, 'Required value', detail);
  }

  /** The field's value is malformed; `named` is one of a Go type of its own, which is printed in another way. */
  invalid(
    path: Path,
    value: string | readonly string[] | { readonly named: string },
    detail: string,
    offset?: number,
  ): void {
    const shown = typeof value === 'string' ? goQuote(value) : goJson('named' in value ? value.named : value);
    this.add(path, `Invalid value: ${shown}`, detail, offset);
  }

  /** The field's value is none of the closed list; such fields have Go types of their own. */
  notSupported(path: Path, value: string, supported: readonly string[]): void {
    const list = supported.map((name) => goQuote(name)).join(', ');
    this.add(path, `Unsupported value: ${goJson(value)}`, `supported values: ${list}`);
  }

  /** The value is used before in a list of unique values. */
  duplicate(path: Path, value: string): void {
    this.add(path, `Duplicate value: ${goQuote(value)}`, '');
  }

  /** The field must not be given here. */
  forbidden(path: Path, detail: string): void {
    this.add(path, 'Forbidden', detail);
  }

  /** The list is too long. */
  tooMany(path: Path, actual: number, most: number): void {
    this.add(path, `Too many: ${actual}`, `must have at most ${most} items`);
  }

  private add(path: Path, kind: string, detail: string, offset?: number): void {
    this.problems.error(path, `${formatPath(path)}: ${kind}${detail === '' ? '' : `: ${detail}`}`, offset);
  }
}
