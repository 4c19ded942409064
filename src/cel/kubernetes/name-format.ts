import { utf8Length } from '../extension/call-cost.ts';

/** A syntax of names: what is wrong with a text, in the words of Kubernetes' validation; nothing where it is valid. */
export type NameFormat = (text: string) => string[];

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const key = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const isLabel = whole(label);
const isSubdomain = whole(subdomain);
const isLabel1035 = whole(label1035);
const isKey = whole(key);
const isLabelText = whole(`(${key})?`);

const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
  'and must start and end with an alphanumeric character';
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  'and must start and end with an alphanumeric character';
const label1035Rule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', " +
  'start with an alphabetic character, and end with an alphanumeric character';
const keyRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const labelTextRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', " +
  'and must start and end with an alphanumeric character';

function broken(rule: string, pattern: string, ...examples: string[]): string {
  const quoted = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${quoted}regex used for validation is '${pattern}')`;
}

function tooLong(text: string, most: number, unit: 'bytes' | 'characters'): string[] {
  return utf8Length(text) > most ? [`must be no more than ${most} ${unit}`] : [];
}

/** RFC 1123 label: the name of a namespace or a service account's namespace. */
export const dns1123Label: NameFormat = (text) => {
  const problems = tooLong(text, 63, 'characters');
  if (isLabel.test(text)) return problems;
  const dotted = isSubdomain.test(text);
  return [...problems, dotted ? 'must not contain dots' : broken(labelRule, label, 'my-name', '123-abc')];
};

function subdomainProblems(text: string, unit: 'bytes' | 'characters'): string[] {
  const problems = tooLong(text, 253, unit);
  return isSubdomain.test(text) ? problems : [...problems, broken(subdomainRule, subdomain, 'example.com')];
}

/** RFC 1123 subdomain: the name of most objects. */
export const dns1123Subdomain: NameFormat = (text) => subdomainProblems(text, 'characters');

/** RFC 1035 label: the name of a Service. */
export const dns1035Label: NameFormat = (text) => {
  const problems = tooLong(text, 63, 'characters');
  return isLabel1035.test(text)
    ? problems
    : [...problems, broken(label1035Rule, label1035, 'my-name', 'abc-123')];
};

/** A label's or annotation's key: a name with an optional subdomain and `/` before it. */
export const qualifiedName: NameFormat = (text) => {
  const rule = broken(keyRule, key, 'MyName', 'my.name', '123-abc');
  const parts = text.split('/');
  if (parts.length > 2) {
    const example = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    return [`a valid label key ${rule}${example}`];
  }
  const name = parts.at(-1)!;
  const problems = parts.length === 1 ? [] : prefixProblems(parts[0]!);
  if (name === '') problems.push('name part must be non-empty');
  else problems.push(...tooLong(name, 63, 'bytes').map((problem) => `name part ${problem}`));
  if (!isKey.test(name)) problems.push(`name part ${rule}`);
  return problems;
};

function prefixProblems(prefix: string): string[] {
  const problems = prefix === '' ? ['must be non-empty'] : subdomainProblems(prefix, 'bytes');
  return problems.map((problem) => `prefix part ${problem}`);
}

/** A label's value. */
export const labelValue: NameFormat = (text) => {
  const problems = tooLong(text, 63, 'bytes');
  return isLabelText.test(text)
    ? problems
    : [...problems, broken(labelTextRule, `(${key})?`, 'MyValue', 'my_value', '12345')];
};

/** The format of a `generateName`: a trailing dash is fine. Kubernetes drops the byte before it as well. */
export const asPrefix =
  (format: NameFormat): NameFormat =>
  (text) =>
    format(text.length > 1 && text.endsWith('-') ? withoutDash(text) : text);

function withoutDash(text: string): string {
  const last = text.codePointAt(text.length - 2)!;
  if (last < 0x80) return `${text.slice(0, -2)}a`;
  // What is left of the character are bytes that no format allows; zeros stand for them.
  const kept = Array.from(text).slice(0, -2).join('');
  return `${kept}${'\0'.repeat(utf8Length(text) - utf8Length(kept) - 2)}a`;
}
