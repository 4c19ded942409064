/** As Go's `path.Match`: no wildcard stands for a slash. */
export function folderPattern(glob: string): RegExp {
  return pattern(glob, '[^/]', '');
}

/** As git's pathspecs: wildcards stand for slashes too, and a folder means all that is in it. */
export function filePattern(glob: string): RegExp {
  return pattern(glob, '.', '(?:/.*)?');
}

/**
 * What stands between two stars is found as early as it can be and nowhere else (a lookahead that is not entered again), which finds
 * what any other choice would: so the time grows with the product of the lengths, however many stars there are. `end` may follow.
 */
function pattern(glob: string, one: string, end: string): RegExp {
  const tokens = glob.replace(/^(?:\.\/)+|\/+$/g, '').match(/\*+|\?|\[[!^]?[^\]/]+\]|\\?[^]/g) ?? [];
  const pieces = [''];
  for (const token of tokens) {
    if (token.startsWith('*')) pieces.push('');
    else pieces.push(pieces.pop()! + sourceOf(token, one));
  }
  const [first = '', ...others] = pieces;
  const last = others.pop();
  const between = others.map((piece, i) => `(?=(${one}*?${piece}))\\${i + 1}`).join('');
  const rest = last === undefined ? '' : `${between}${one}*${last}`;
  try {
    return new RegExp(`^${first}${rest}${end}$`, 's');
  } catch {
    return /(?!)/;
  }
}

function sourceOf(token: string, one: string): string {
  if (token === '?') return one;
  if (token.startsWith('[') && token.length > 1)
    return token.replace(/^\[[!^]/, '[^').replaceAll('\\', '\\\\');
  return (token.length > 1 ? token.slice(1) : token).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
