import { byteLength } from '../go-text.ts';

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = `${dnsLabel}(\\.${dnsLabel})*`;
const dns1035Label = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${labelName})?`;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const dns1035Rule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const labelNameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/**
 * What is wrong with a DNS-1123 subdomain; empty when it is valid. Kubernetes calls the bytes of names characters, those
 * of label keys bytes.
 *
 * This and the rules below: apimachinery `pkg/util/validation`, `pkg/api/validate/content`.
 */
export function subdomainErrors(value: string, unit: 'bytes' | 'characters' = 'characters'): string[] {
  const errors = byteLength(value) > 253 ? [tooLong(253, unit)] : [];
  if (!fits(dnsSubdomain, value)) {
    errors.push(explain(subdomainRule, dnsSubdomain, 'example.com'));
  }
  return errors;
}

/** What is wrong with a DNS-1035 label. */
export function dns1035LabelErrors(value: string): string[] {
  const errors = byteLength(value) > 63 ? [tooLong(63, 'characters')] : [];
  if (!fits(dns1035Label, value)) {
    errors.push(explain(dns1035Rule, dns1035Label, 'my-name', 'abc-123'));
  }
  return errors;
}

/** What is wrong with a label key or any other qualified name: `name` or `example.com/name`. */
export function labelKeyErrors(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${labelNameError} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const errors: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    const wrong = prefix === '' ? ['must be non-empty'] : subdomainErrors(prefix, 'bytes');
    errors.push(...wrong.map((error) => `prefix part ${error}`));
  }
  const name = parts.at(-1)!;
  if (name === '') errors.push('name part must be non-empty');
  else if (byteLength(name) > 63) errors.push(`name part ${tooLong(63)}`);
  if (!fits(labelName, name)) errors.push(`name part ${labelNameError}`);
  return errors;
}

/** What is wrong with a label's value. */
export function labelValueErrors(value: string): string[] {
  const errors = byteLength(value) > 63 ? [tooLong(63)] : [];
  if (!fits(labelValue, value)) {
    errors.push(explain(labelValueRule, labelValue, 'MyValue', 'my_value', '12345'));
  }
  return errors;
}

/** What is wrong with a name that becomes a segment of a URL's path. */
export function pathSegmentErrors(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
}

const labelNameError = explain(labelNameRule, labelName, 'MyName', 'my.name', '123-abc');

function explain(rule: string, pattern: string, ...examples: string[]): string {
  const list = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${list}regex used for validation is '${pattern}')`;
}

function tooLong(limit: number, unit = 'bytes'): string {
  return `must be no more than ${limit} ${unit}`;
}

/** Longer texts are not tried: they are too long anyway, and the patterns take quadratic time. */
const longestTried = 1000;

function fits(pattern: string, value: string): boolean {
  return value.length <= longestTried && new RegExp(`^(?:${pattern})$`).test(value);
}
