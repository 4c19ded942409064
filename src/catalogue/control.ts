import { type DerivationName, derivationNames, isDerivationName } from '../derive/derivation.ts';
import type { AliasPart, ControlMetadata } from '../model/control.ts';
import type { Json, JsonObject } from '../model/object.ts';
import { practices } from '../model/practice.ts';
import { severities, type Severity } from '../model/severity.ts';
import { type Autofix, fixFile, readAutofix } from './autofix.ts';
import { type Complaint, FieldReader, isMapping } from './complaint.ts';
import {
  anyVersion,
  inRange,
  type MinorVersion,
  parseMinorVersion,
  parseVersionRange,
  type VersionRange,
} from './versions.ts';

/** A control: what people read about it, and its policy for each range of Kubernetes versions. */
export interface Control extends ControlMetadata {
  /** Name of the prelude its policies begin with. */
  readonly prelude: string;
  /** The versions in which the rule exists; in others the control is not applicable. */
  readonly kubernetes: VersionRange;
  /** Its policies, oldest first; the last serves every version after the others. */
  readonly variants: readonly PolicyVariant[];
  /** What a person may set, by name. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** How the program mends what fails; undefined where the control does not say. */
  readonly autofix: Autofix | undefined;
  /** What its policy judges instead of the objects themselves: what is worked out of all of them together. */
  readonly derivation: DerivationName | undefined;
  /** The ids it had before; suppressions and baselines that name them still count. */
  readonly renamedFrom: readonly string[];
  /** Of a rule on roles: how severe it is once a binding of the input gives the role to somebody. */
  readonly severityWhenBound: Severity | undefined;
  /** Controls that say the same and more where they fail at the same place; a report tells it once, by them. */
  readonly impliedBy: readonly string[];
  /** New: run when it is asked for by its id, and in no profile until it has proved itself. */
  readonly nursery: boolean;
}

/** The policy of a control for a range of Kubernetes versions. */
export interface PolicyVariant {
  /** File beside `control.yaml`. */
  readonly file: string;
  /** The last version it serves; undefined for the newest. */
  readonly until: MinorVersion | undefined;
  /** The ValidatingAdmissionPolicy as written. */
  readonly policy: JsonObject;
}

/** A parameter: a list of texts, or one text. */
export interface Parameter {
  readonly type: 'list' | 'text';
  readonly default: Json;
  readonly description: string;
}

/** A control's folder: the values of its files by file name. */
export type ControlFiles = Readonly<Record<string, Json | undefined>>;

const keys = [
  'title',
  'practice',
  'severity',
  'severityWhenBound',
  'prelude',
  'derivation',
  'kubernetes',
  'variants',
  'why',
  'fix',
  'autofix',
  'frameworks',
  'aliases',
  'aliasParts',
  'parameters',
  'references',
  'conceals',
  'renamedFrom',
  'impliedBy',
  'nursery',
];

/** The longest id: bindings and labels derived from it must stay within 63 characters. */
const longestId = 50;

/** Reads a control from its folder's files. Strict: unknown keys, a wrong id and missing texts are complaints. */
export function readControl(
  id: string,
  files: ControlFiles,
): { control: Control; complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  const value = files['control.yaml'];
  const read = new FieldReader(isMapping(value) ? value : {}, [], complaints);
  if (!isMapping(value)) read.complain('control.yaml is no mapping');
  read.refuseOthers(keys);
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(id) || id.length > longestId) {
    read.complain(`the id "${id}" is no DNS-1123 label of at most ${longestId} characters`);
  }
  const control: Control = {
    id,
    title: read.requiredText('title'),
    practice: readPractice(value, read),
    severity: readSeverity(read),
    why: read.requiredText('why'),
    fix: read.requiredText('fix'),
    frameworks: readLists(read, 'frameworks', complaints),
    aliases: readLists(read, 'aliases', complaints),
    ...readAliasParts(value, read, complaints),
    references: read.texts('references') ?? [],
    prelude: read.requiredText('prelude'),
    kubernetes: readKubernetes(read),
    variants: readVariants(id, value, files, read),
    parameters: readParameters(read, complaints),
    autofix: readAutofix(id, value, files[fixFile], read),
    derivation: readDerivation(read),
    ...(isMapping(value) && value['conceals'] === true ? { conceals: true } : {}),
    renamedFrom: readRenamedFrom(id, read),
    severityWhenBound: readSeverityWhenBound(read),
    impliedBy: read.texts('impliedBy') ?? [],
    nursery: readNursery(value, read),
  };
  return { control, complaints };
}

/** The policy that serves `version`; undefined where the rule does not exist in it. */
export function policyFor(control: Control, version: MinorVersion): PolicyVariant | undefined {
  if (!inRange(version, control.kubernetes)) return undefined;
  return control.variants.find((variant) => variant.until === undefined || version <= variant.until);
}

/** What is wrong with the values that a person gives a control's parameters: unknown names and values of another type. */
export function parameterComplaints(control: Control, values: Json | undefined): readonly Complaint[] {
  if (values === undefined) return [];
  if (!isMapping(values)) return [{ path: [], reason: `the parameters of ${control.id} are a mapping` }];
  const names = Object.keys(control.parameters);
  const complaints: Complaint[] = [];
  for (const [name, value] of Object.entries(values)) {
    const type = Object.hasOwn(control.parameters, name) ? control.parameters[name]?.type : undefined;
    if (type === undefined) {
      const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
      complaints.push({ path: [name], reason: `${control.id} has no parameter "${name}"; ${known}` });
    } else if (type === 'text' ? typeof value !== 'string' : !isTexts(value)) {
      complaints.push({
        path: [name],
        reason: `"${name}" is a ${type === 'text' ? 'text' : 'list of texts'}`,
      });
    }
  }
  return complaints;
}

function isTexts(value: Json): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/**
 * The ConfigMap that hands `values` to a control's policy; undefined when none of them says anything, which makes the
 * control not applicable. A list becomes one line an entry.
 */
export function parameterObject(control: Control, values: JsonObject): JsonObject | undefined {
  const data: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(control.parameters)) {
    const value = values[name] ?? parameter.default;
    const text = Array.isArray(value) ? value.join('\n') : String(value ?? '');
    if (text.trim() !== '') data[name] = text;
  }
  if (Object.keys(data).length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: control.id, namespace: 'scantling' },
    data,
  };
}

function readPractice(value: Json | undefined, read: FieldReader): number {
  const practice = isMapping(value) ? value['practice'] : undefined;
  if (typeof practice === 'number' && practices[practice - 1] !== undefined) return practice;
  read.complain(`"practice" is a number from 1 to ${practices.length}`, 'practice');
  return 1;
}

function readSeverity(read: FieldReader): Severity {
  const text = read.requiredText('severity');
  const found = severities.find((one) => one === text);
  if (found === undefined) read.complain(`"severity" is one of ${severities.join(', ')}`, 'severity');
  return found ?? 'info';
}

/** Roles alone are bound; a severity that is not above the other one says nothing. */
function readSeverityWhenBound(read: FieldReader): Severity | undefined {
  const text = read.text('severityWhenBound');
  if (text === undefined) return undefined;
  const found = severities.find((one) => one === text);
  const before = read.text('severity');
  if (found === undefined || !severities.slice(0, severities.indexOf(before as Severity)).includes(found))
    read.complain('"severityWhenBound" is a severity above "severity"', 'severityWhenBound');
  if (!['roles', 'cluster-roles'].includes(read.text('prelude') ?? ''))
    read.complain('"severityWhenBound" is for rules on roles', 'severityWhenBound');
  return found;
}

function readRenamedFrom(id: string, read: FieldReader): readonly string[] {
  const ids = read.texts('renamedFrom') ?? [];
  if (ids.includes(id)) read.complain(`it is still called "${id}"`, 'renamedFrom');
  return ids;
}

function readNursery(value: Json | undefined, read: FieldReader): boolean {
  const written = isMapping(value) ? value['nursery'] : undefined;
  if (written !== undefined && written !== true) read.complain('"nursery" is true or not there', 'nursery');
  return written === true;
}

function readDerivation(read: FieldReader): DerivationName | undefined {
  const text = read.text('derivation');
  if (text === undefined || isDerivationName(text)) return text;
  read.complain(`"derivation" is one of ${derivationNames.join(', ')}`, 'derivation');
  return undefined;
}

function readKubernetes(read: FieldReader): VersionRange {
  const text = read.text('kubernetes');
  if (text === undefined) return anyVersion;
  const range = parseVersionRange(text);
  if (range === undefined) read.complain(`"${text}" is no range of versions such as ">=1.32"`, 'kubernetes');
  return range ?? anyVersion;
}

function readLists(
  read: FieldReader,
  key: string,
  complaints: Complaint[],
): Record<string, readonly string[]> {
  const value = read.mapping(key);
  const inner = new FieldReader(value, [key], complaints);
  return Object.fromEntries(Object.keys(value).map((name) => [name, inner.texts(name) ?? []]));
}

function readAliasParts(
  value: Json | undefined,
  read: FieldReader,
  complaints: Complaint[],
): Pick<ControlMetadata, 'aliasParts'> {
  const written = isMapping(value) ? value['aliasParts'] : undefined;
  if (written === undefined) return {};
  if (!Array.isArray(written)) read.complain('"aliasParts" is a list', 'aliasParts');
  const known = new Set(Object.values(readLists(read, 'aliases', [])).flat());
  const aliasParts = (Array.isArray(written) ? (written as readonly Json[]) : []).map((item, index) => {
    const inner = new FieldReader(isMapping(item) ? item : {}, ['aliasParts', index], complaints);
    inner.refuseOthers(['ids', 'kinds', 'fields', 'says']);
    const [ids = [], kinds, fields, says] = ['ids', 'kinds', 'fields', 'says'].map((key) => inner.texts(key));
    if (ids.length === 0) inner.complain('"ids" is missing', 'ids');
    for (const id of ids) if (!known.has(id)) inner.complain(`"${id}" is not among the aliases`, 'ids');
    for (const pattern of says ?? [])
      if (!isPattern(pattern)) inner.complain(`"${pattern}" is no regular expression`, 'says');
    if ((kinds ?? fields ?? says) === undefined) inner.complain('a part has kinds, fields or says');
    const part: AliasPart = {
      ids,
      ...(kinds && { kinds }),
      ...(fields && { fields }),
      ...(says && { says }),
    };
    return part;
  });
  return { aliasParts };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function readVariants(
  id: string,
  value: Json | undefined,
  files: ControlFiles,
  read: FieldReader,
): PolicyVariant[] {
  const written = isMapping(value) && Array.isArray(value['variants']) ? (value['variants'] as Json[]) : [];
  const variants: PolicyVariant[] = [];
  for (const item of written) {
    const file = isMapping(item) ? item['file'] : undefined;
    const until =
      isMapping(item) && typeof item['until'] === 'string' ? parseMinorVersion(item['until']) : undefined;
    const last = variants.at(-1)?.until ?? 0;
    if (until === undefined || until <= last || file !== `policy.until-1.${until}.yaml`) {
      read.complain(
        'a variant is {file: policy.until-VERSION.yaml, until: "VERSION"}, oldest first',
        'variants',
      );
      continue;
    }
    variants.push({ file, until, policy: readPolicy(id, file, files, read) });
  }
  variants.push({
    file: 'policy.yaml',
    until: undefined,
    policy: readPolicy(id, 'policy.yaml', files, read),
  });
  const known = new Set([
    'control.yaml',
    'tests.yaml',
    'binding.yaml',
    fixFile,
    ...variants.map(({ file }) => file),
  ]);
  for (const file of Object.keys(files)) {
    if (!known.has(file)) read.complain(`${file} is no file of a control, or is not among its variants`);
  }
  return variants;
}

function readPolicy(id: string, file: string, files: ControlFiles, read: FieldReader): JsonObject {
  const policy = files[file];
  if (!isMapping(policy)) {
    read.complain(`${file} is missing or no mapping`);
    return {};
  }
  const { kind, metadata } = policy;
  if (kind !== 'ValidatingAdmissionPolicy' || !isMapping(metadata) || metadata['name'] !== id) {
    read.complain(`${file} holds no ValidatingAdmissionPolicy named ${id}`);
  }
  return policy;
}

function readParameters(read: FieldReader, complaints: Complaint[]): Record<string, Parameter> {
  const parameters: Record<string, Parameter> = {};
  for (const [name, value] of Object.entries(read.mapping('parameters'))) {
    const inner = new FieldReader(isMapping(value) ? value : {}, ['parameters', name], complaints);
    inner.refuseOthers(['type', 'default', 'description']);
    const type = inner.requiredText('type');
    if (type !== 'list' && type !== 'text') inner.complain('"type" is list or text', 'type');
    parameters[name] = {
      type: type === 'text' ? 'text' : 'list',
      default: (isMapping(value) ? value['default'] : undefined) ?? (type === 'text' ? '' : []),
      description: inner.requiredText('description'),
    };
  }
  return parameters;
}
