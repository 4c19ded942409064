/** A problem found while parsing or checking an expression; rendered last, when the source is at hand. */
export interface Issue {
  /** cel-go's text, such as `undeclared reference to 'x' (in container '')` or `Syntax error: ...`. */
  readonly message: string;
  /** UTF-16 offset into the expression. */
  readonly offset: number;
}

/** So many problems of an expression are told, the others are counted. Source: cel-go `common/errors.go`. */
export const maxIssues = 100;
