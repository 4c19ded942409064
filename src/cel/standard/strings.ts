import type { CallCost, Library } from '../library.ts';
import { compileRegex, Regex } from '../regex/index.ts';
import { overload } from '../signature.ts';
import { CelError, type Value } from '../value.ts';
import { unsupported } from './arithmetic.ts';
import { costSize, size } from './size.ts';

const characters = (value: Value): number => Math.ceil(costSize(value) * 0.1);

const targetTraversal: CallCost = ([text]) => characters(text!);
const product: CallCost = ([text, part]) => characters(text!) * characters(part!);

/** A pattern is charged by its length, a quarter of it being taken for the number of its expressions. */
const regexCost: CallCost = ([text, pattern]) =>
  Math.ceil((1 + costSize(text!)) * 0.1) * Math.ceil(costSize(pattern!) * 0.25);

const onStrings =
  (test: (text: string, part: string) => boolean) =>
  (text: Value, part: Value): boolean | CelError =>
    typeof text === 'string' && typeof part === 'string'
      ? test(text, part)
      : new CelError('no such overload');

/** Whether a string contains a match of an RE2 pattern. */
export function matches(text: Value, pattern: Value): boolean | CelError {
  if (typeof text !== 'string') return unsupported('matches', text);
  if (typeof pattern !== 'string') return new CelError('no such overload');
  const regex = compileRegex(pattern);
  return regex instanceof Regex ? regex.test(text) : new CelError(regex.message);
}

/** `size` and the string tests. Source: cel-go `common/stdlib/standard.go`. */
export const strings: Library = {
  name: 'strings',
  overloads: [
    overload('size_bytes', 'size(bytes) -> int', size),
    overload('bytes_size', 'bytes.size() -> int', size),
    overload('size_list', 'size(list(A)) -> int', size),
    overload('list_size', 'list(A).size() -> int', size),
    overload('size_map', 'size(map(A, B)) -> int', size),
    overload('map_size', 'map(A, B).size() -> int', size),
    overload('size_string', 'size(string) -> int', size),
    overload('string_size', 'string.size() -> int', size),
    overload(
      'contains_string',
      'string.contains(string) -> bool',
      onStrings((text, part) => text.includes(part)),
      product,
    ),
    overload(
      'ends_with_string',
      'string.endsWith(string) -> bool',
      onStrings((text, part) => text.endsWith(part)),
      targetTraversal,
    ),
    overload(
      'starts_with_string',
      'string.startsWith(string) -> bool',
      onStrings((text, part) => text.startsWith(part)),
      targetTraversal,
    ),
    overload('matches', 'matches(string, string) -> bool', matches),
    overload('matches_string', 'string.matches(string) -> bool', matches, regexCost),
  ],
};
