/** Keys and names of variables that hold a credential; what they end with, in any notation. */
const key =
  /(?:password|passwd|passphrase|[_.-]pwd|(?:api|access|secret|private|encryption|signing|account)[_-]?key|client[_-]?secret|(?:auth|access|bearer|refresh|api|bot)[_-]?token|(?<=[\s"'{,_.-]|^)token|(?<!pull|image|tls|cert|certificate|existing)[_.-]secret|(?<=[\s"'{,_.-]|^)credentials?)/i
    .source;

/** A value of YAML, JSON, a shell or a properties file that is no reference, placeholder, number or truth value. */
const value = String.raw`(?:"[^"]*"|'[^']*'|(?![{\[$<&*|>])[^\s"',}\]&;]+)`;
const harmless = /^["']?(?:|true|false|yes|no|on|off|null|none|~|[0-9]{1,3}|\$[({].*|\{\{.*|<.*)["']?$/i;

/** Each with what stays, what is covered, and what follows it and stays. */
const forms: readonly RegExp[] = [
  new RegExp(String.raw`(${key}["']?\s*[:=]\s*)(${value})()`, 'gi'),
  new RegExp(String.raw`(--[\w-]{0,60}?${key}\s+)(${value})()`, 'gi'),
  new RegExp(
    String.raw`(name["']?\s*:\s*["']?[\w.-]{0,200}?${key}["']?\s*,\s*["']?value["']?\s*:\s*)(${value})()`,
    'gi',
  ),
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^/@:\s$<{]{1,200}:)([^/@\s$<{*]{1,500})(@)/gi,
  // What encrypts the objects in etcd is a key by the name of "secret", and long.
  /((?<![\w-])secret["']?\s*:\s*["']?)([A-Za-z0-9+/]{16,}={0,2})()/gi,
];

/** Tokens that are known by their form: of clouds, repositories and chats, web tokens. */
const token =
  /\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{35}|gh[opsru]_[0-9A-Za-z]{36,}|github_pat_\w{50,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|[rs]k_live_\w{20,}|hvs[.][\w-]{20,}|npm_[0-9A-Za-z]{36}|eyJ[\w-]{10,500}[.]eyJ[\w-]{10,2000}(?:[.][\w-]*)?)/g;
const namedAbove = new RegExp(String.raw`name["']?\s*:\s*["']?[\w.-]{0,200}?${key}["']?\s*,?\s*$`, 'i');
const valued = new RegExp(String.raw`^(\s*(?:-\s+)?["']?value["']?\s*:\s*)(${value})`);
/** A Secret in one line, and what it keeps. */
const isSecret = /(?<![\w-])kind["']?\s*:\s*["']?Secret(?![\w-])/;
const content = /((?<![\w-])(?:data|stringData)["']?\s*:\s*\{)([^{}]*)/g;

/**
 * A line of a file with what looks like a credential covered by dots, one for each character, so that a frame may show it
 * to whoever reads a log. `above` is the line before it, which may name the variable whose value the line holds.
 */
export function coverCredentials(line: string, above = ''): string {
  const cover = (whole: string, kept: string, found: string, rest = ''): string =>
    harmless.test(found) ? whole : `${kept}${inQuotes(found)}${rest}`;
  const first = namedAbove.test(above)
    ? line.replace(valued, (...[whole, kept, found]) => cover(whole, kept, found))
    : line;
  const covered = forms.reduce(
    (text, form) => text.replace(form, (...[whole, kept, found, rest]) => cover(whole, kept, found, rest)),
    first,
  );
  const last = covered.replace(token, dots);
  return isSecret.test(last) ? last.replace(content, (...[, head, kept]) => head + blank(kept)) : last;
}

/** A part of a line, and the span in it. */
export interface CoveredPart {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What is near the span from `from` to `to` of a line, with what looks like a credential covered: the line may be a whole
 * dump. Where an object that stands in the same line is a Secret, nothing but the span is shown.
 */
export function coverLine(line: string, from: number, to: number, above = ''): CoveredPart {
  const start = Math.max(0, from - near);
  const end = Math.min(line.length, Math.min(to, from + near) + near);
  const span = { from: from - start, to: Math.min(to, end) - start };
  const covered = coverCredentials(line.slice(start, end), start === 0 ? above.slice(-near) : '');
  if (!isSecret.test(line.slice(Math.max(0, start - far), end + far))) return { text: covered, ...span };
  const [before, behind] = [covered.slice(0, span.from), covered.slice(span.to)];
  return { text: blank(before) + covered.slice(span.from, span.to) + blank(behind), ...span };
}

/** More characters than a frame shows on either side of its span, and than one Secret mostly has. */
const near = 1000;
const far = 20_000;

const dots = (text: string): string => '•'.repeat(text.length);
const inQuotes = (text: string): string =>
  text.replace(/^(["']?)(.*?)(\1)$/s, (...[, open, inside, close]) => `${open}${dots(inside)}${close}`);
const blank = (text: string): string => text.replace(/\S/g, '•');
