import type { Trap } from '../trap.ts';
import { objectOnDelete, oldObjectOnCreate } from './null-object.ts';

/** Every trap that is looked for, in the order of the documentation. */
export const traps: readonly Trap[] = [objectOnDelete, oldObjectOnCreate];
