/**
 * Whether two messages of denied mutations say the same, as far as the server says the same twice: of several parts that
 * do not conform to the schema it tells those that it meets before the first unknown field.
 */
export function saysTheSame(ours: string, theirs: string): boolean {
  if (sorted(ours) === sorted(theirs)) return true;
  const [mine, other] = [ours, theirs].map((text) =>
    text.split('failed to convert patch object to typed object: '),
  );
  if (mine!.length < 2 || mine![0] !== other![0]) return false;
  const lines = new Set(other![1]!.split(/\n */));
  return mine![1]!.split(/\n */).some((line) => line !== 'errors:' && lines.has(line));
}

/**
 * The server visits fields and the entries of maps in no certain order, so what it says of several is compared as a set.
 * Its objects have managedFields, which ours have not and a copy of all metadata takes along. Of several values of the wrong
 * type it names the first in the order of Go's fields, of several wrong quantities the first that it meets.
 */
function sorted(message: string): string {
  return message
    .replaceAll(/, unknown field "[^"]*\.managedFields"/g, '')
    .replace(/(json: cannot unmarshal )\w+/, '$1')
    .replace(
      /(: )(?:unable to parse quantity's suffix|quantities must match the regular .*)$/,
      '$1wrong quantity',
    )
    .split(/, (?=unknown field|\.)|error: (?=unknown)|structs: |\n/)
    .toSorted()
    .join('\n');
}
