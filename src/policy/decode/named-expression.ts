import type { NamedExpression } from '../definition.ts';
import { list, type Shape, string, struct } from './shape.ts';

/** The form of `variables` and `matchConditions`. */
export const namedExpressionsShape: Shape = list(struct({ name: string, expression: string }));

/** Named expressions with nothing left undefined; none where the field is absent. */
export function namedExpressions(
  raw: readonly Partial<NamedExpression>[] | undefined,
): readonly NamedExpression[] {
  return (raw ?? []).map(({ name, expression }) => ({ name: name ?? '', expression: expression ?? '' }));
}
