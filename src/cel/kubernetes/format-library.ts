import { matchCost, unitCost } from '../extension/call-cost.ts';
import type { CallCost, Library } from '../library.ts';
import { overload } from '../signature.ts';
import { daysIn } from '../time/timestamp.ts';
import { Opaque, Optional } from '../value.ts';
import {
  asPrefix,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  type NameFormat,
  qualifiedName,
} from './name-format.ts';
import { requestURIProblem } from './url.ts';

const type = 'kubernetes.NamedFormat';

/** A format by name, such as `dns1123Label`. */
export class NamedFormat extends Opaque {
  override readonly typeName = type;
  readonly name: string;
  readonly validate: NameFormat;
  /** The length of a regular expression that would do the same, by which `validate` is charged. */
  readonly patternLength: number;
  constructor(name: string, patternLength: number, validate: NameFormat) {
    super();
    this.name = name;
    this.patternLength = patternLength;
    this.validate = validate;
  }
  equals(other: Opaque): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }
}

const rule =
  (isValid: (text: string) => boolean, problem: string): NameFormat =>
  (text) =>
    isValid(text) ? [] : [problem];

const uuid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
const timeOfDay = /^(\d\d):(\d\d):(\d\d)(?:[^\n]\d+)?(?:z|[+-]\d\d:\d\d)$/;

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && base64.test(text);
}

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return false;
  const [year, month, day] = parts as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** Kubernetes looks only at what stands before and right after the first `t`. */
function isDateTime(text: string): boolean {
  const [date, time] = text.toLowerCase().split('t');
  const parts = timeOfDay.exec(time ?? '');
  if (parts === null || !isDate(date!)) return false;
  return parts[1]! <= '23' && parts[2]! <= '59' && parts[3]! <= '59';
}

/** The formats by the name under which expressions know them. Source: k8s.io/apiserver `pkg/cel/library/format.go`. */
const formats: ReadonlyMap<string, NamedFormat> = new Map(
  Object.entries({
    dns1123Label: new NamedFormat('DNS1123Label', 30, dns1123Label),
    dns1123Subdomain: new NamedFormat('DNS1123Subdomain', 60, dns1123Subdomain),
    dns1035Label: new NamedFormat('DNS1035Label', 30, dns1035Label),
    qualifiedName: new NamedFormat('QualifiedName', 60, qualifiedName),
    dns1123LabelPrefix: new NamedFormat('DNS1123LabelPrefix', 30, asPrefix(dns1123Label)),
    dns1123SubdomainPrefix: new NamedFormat('DNS1123SubdomainPrefix', 60, asPrefix(dns1123Subdomain)),
    dns1035LabelPrefix: new NamedFormat('DNS1035LabelPrefix', 30, asPrefix(dns1035Label)),
    labelValue: new NamedFormat('LabelValue', 40, labelValue),
    uri: new NamedFormat('URI', 1103, (text) => {
      const problem = requestURIProblem(text);
      return problem === undefined ? [] : [problem];
    }),
    uuid: new NamedFormat(
      'uuid',
      70,
      rule((text) => uuid.test(text), 'does not match the UUID format'),
    ),
    byte: new NamedFormat('byte', 84, rule(isBase64, 'invalid base64')),
    date: new NamedFormat('date', 71, rule(isDate, 'invalid date')),
    datetime: new NamedFormat('datetime', 71, rule(isDateTime, 'invalid datetime')),
  }),
);

function validate(format: NamedFormat, text: string): Optional {
  const problems = format.validate(text);
  return problems.length === 0 ? Optional.none : new Optional(problems);
}

function named(name: string): Optional {
  const format = formats.get(name);
  return format === undefined ? Optional.none : new Optional(format);
}

const validateCost: CallCost = ([format, text]) => matchCost(text!, (format as NamedFormat).patternLength);

/** Formats of names and values. */
export const formatLibrary: Library = {
  name: 'kubernetes.format',
  overloads: [
    overload(
      'format-validate',
      `${type}.validate(string) -> optional_type(list(string))`,
      validate,
      validateCost,
    ),
    overload('format-named', `function format.named(string) -> optional_type(${type})`, named, unitCost),
    ...[...formats].map(([name, format]) =>
      overload(`format.${name}`, `function format.${name}() -> ${type}`, () => format),
    ),
  ],
};
