import { readCost, unitCost } from '../extension/call-cost.ts';
import type { Library } from '../library.ts';
import { overload } from '../signature.ts';
import { int, type Value } from '../value.ts';
import { parseNormalized, parseSemver, Semver } from './semver.ts';

const type = 'kubernetes.Semver';

const read = (text: string, normalize = false) => (normalize ? parseNormalized(text) : parseSemver(text));
const isSemver = (text: string, normalize = false): boolean => read(text, normalize) instanceof Semver;

/** Go turns the 64 bits of the unsigned number into a signed one. */
const signed = (value: bigint): Value => int(BigInt.asIntN(64, value));

/** Semantic versions, version 1 with normalisation. Source: k8s.io/apiserver `pkg/cel/library/semverlib.go`. */
export const semverLibrary: Library = {
  name: 'kubernetes.Semver',
  overloads: [
    overload('string_to_semver', `semver(string) -> ${type}`, (text: string) => read(text), readCost),
    overload('string_bool_to_semver', `semver(string, bool) -> ${type}`, read, readCost),
    overload('is_semver_string', 'isSemver(string) -> bool', (text: string) => isSemver(text), readCost),
    overload('is_semver_string_bool', 'isSemver(string, bool) -> bool', isSemver, readCost),
    overload(
      'semver_is_greater_than',
      `${type}.isGreaterThan(${type}) -> bool`,
      (a: Semver, b: Semver) => a.compare(b) > 0,
      unitCost,
    ),
    overload(
      'semver_is_less_than',
      `${type}.isLessThan(${type}) -> bool`,
      (a: Semver, b: Semver) => a.compare(b) < 0,
      unitCost,
    ),
    overload(
      'semver_compare_to',
      `${type}.compareTo(${type}) -> int`,
      (a: Semver, b: Semver) => a.compare(b),
      unitCost,
    ),
    overload('semver_major', `${type}.major() -> int`, ({ major }: Semver) => signed(major), unitCost),
    overload('semver_minor', `${type}.minor() -> int`, ({ minor }: Semver) => signed(minor), unitCost),
    overload('semver_patch', `${type}.patch() -> int`, ({ patch }: Semver) => signed(patch), unitCost),
  ],
};
