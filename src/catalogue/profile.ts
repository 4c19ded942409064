import type { Json } from '../model/object.ts';
import { type Complaint, FieldReader, isMapping } from './complaint.ts';
import { type Answering, controlsFor, type Framework } from './framework.ts';

/** A named list of controls. */
export interface Profile {
  readonly name: string;
  /** One line, no full stop. */
  readonly title: string;
  /** Ids of its controls, as written; of those that frameworks ask for in the order of their ids. */
  readonly controls: readonly string[];
  /** The frameworks it answers. */
  readonly frameworks: readonly string[];
}

/** What a profile may name. */
export interface Selectable {
  /** The controls by id, sorted. */
  readonly controls: ReadonlyMap<string, Answering & { readonly nursery: boolean }>;
  readonly frameworks: ReadonlyMap<string, Framework>;
}

/**
 * Reads a profile: a list of `controls`, of which `all` stands for every one, or `frameworks`, which stand for every
 * control that one of their requirements asks for. With both, the list counts and the frameworks are what it answers. An
 * id that is not known or is named twice is a complaint; controls in the nursery belong to no profile.
 */
export function readProfile(
  name: string,
  value: Json | undefined,
  { controls: known, frameworks: knownFrameworks }: Selectable,
): { profile: Profile; complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  const read = new FieldReader(isMapping(value) ? value : {}, [], complaints);
  read.refuseOthers(['title', 'controls', 'frameworks']);
  const title = read.requiredText('title');
  const names = read.texts('frameworks') ?? [];
  const frameworks = names.flatMap((one) => {
    const framework = knownFrameworks.get(one);
    if (framework === undefined) read.complain(`there is no framework "${one}"`, 'frameworks');
    return framework ?? [];
  });
  const grown = [...known.values()].filter(({ nursery }) => !nursery);
  const asked = new Set(
    frameworks.flatMap((framework) =>
      framework.sections.flatMap(({ requirements }) =>
        requirements.flatMap((one) => controlsFor(one, framework.name, grown)),
      ),
    ),
  );
  const written = read.texts('controls');
  if (written === undefined && names.length === 0) {
    read.complain('"controls" is "all" or a list of ids', 'controls');
  }
  const controls =
    written === undefined
      ? [...asked].sort()
      : written.length === 1 && written[0] === 'all'
        ? grown.map(({ id }) => id)
        : written;
  for (const [index, id] of controls.entries()) {
    const control = known.get(id);
    if (control === undefined) read.complain(`there is no control "${id}"`, 'controls');
    if (control?.nursery === true) read.complain(`"${id}" is in the nursery`, 'controls');
    if (controls.indexOf(id) !== index) read.complain(`"${id}" is named twice`, 'controls');
  }
  return {
    profile: { name, title, controls: [...controls], frameworks: frameworks.map((one) => one.name) },
    complaints,
  };
}
