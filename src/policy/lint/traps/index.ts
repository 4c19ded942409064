import type { Trap } from '../trap.ts';
import { bindingWithoutPolicy, duplicateName, policyWithoutBinding } from './bindings.ts';
import { alwaysFails, neverFails } from './constant.ts';
import { tooExpensive, tooManyChecks } from './cost.ts';
import { matchesNothing } from './matches-nothing.ts';
import { messageMissing } from './message-missing.ts';
import { mutationCrash, mutationFails, mutationRepeats } from './mutation.ts';
import { objectOnDelete, oldObjectOnCreate } from './null-object.ts';
import {
  missingParamsIgnored,
  paramKindUnknown,
  paramRefIgnored,
  paramRefMismatch,
  paramsNotBound,
} from './parameters.ts';
import { selectorIgnored } from './selector-ignored.ts';
import { notStaticManifest } from './static-manifest.ts';
import { typeWarning } from './type-warning.ts';
import { blocksDeletion, messageCanFail, unguardedField } from './witnessed.ts';
import { forgottenContainers } from './containers.ts';

/** Every trap that is looked for, in the order of the documentation. */
export const traps: readonly Trap[] = [
  matchesNothing,
  selectorIgnored,
  objectOnDelete,
  oldObjectOnCreate,
  neverFails,
  alwaysFails,
  typeWarning,
  forgottenContainers,
  unguardedField,
  blocksDeletion,
  tooExpensive,
  tooManyChecks,
  messageCanFail,
  messageMissing,
  bindingWithoutPolicy,
  policyWithoutBinding,
  duplicateName,
  missingParamsIgnored,
  paramsNotBound,
  paramRefIgnored,
  paramRefMismatch,
  paramKindUnknown,
  notStaticManifest,
  mutationCrash,
  mutationFails,
  mutationRepeats,
];
