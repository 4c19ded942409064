import type { Json } from '../model/object.ts';
import { type Complaint, FieldReader, isMapping } from './complaint.ts';

/** A named list of controls. */
export interface Profile {
  readonly name: string;
  /** One line, no full stop. */
  readonly title: string;
  /** Ids of its controls, as written. */
  readonly controls: readonly string[];
}

/** Reads a profile. `all` stands for every id of `known`; an id that is not known or is named twice is a complaint. */
export function readProfile(
  name: string,
  value: Json | undefined,
  known: readonly string[],
): { profile: Profile; complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  const read = new FieldReader(isMapping(value) ? value : {}, [], complaints);
  read.refuseOthers(['title', 'controls']);
  const title = read.requiredText('title');
  const written = read.texts('controls') ?? [];
  if (written.length === 0) read.complain('"controls" is "all" or a list of ids', 'controls');
  const controls = written.length === 1 && written[0] === 'all' ? known : written;
  for (const [index, id] of controls.entries()) {
    if (!known.includes(id)) read.complain(`there is no control "${id}"`, 'controls');
    if (controls.indexOf(id) !== index) read.complain(`"${id}" is named twice`, 'controls');
  }
  return { profile: { name, title, controls: [...controls] }, complaints };
}
