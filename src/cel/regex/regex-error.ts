/** Why a pattern is no regular expression for Go; `message` is the text of Go's `regexp.Compile` error. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
  /** What is wrong, e.g. `missing closing )`. */
  readonly reason: string;
  /** The part of the pattern it is about. */
  readonly fragment: string;

  constructor(reason: string, fragment: string) {
    super(`error parsing regexp: ${reason}: \`${fragment}\``);
    this.reason = reason;
    this.fragment = fragment;
  }
}
