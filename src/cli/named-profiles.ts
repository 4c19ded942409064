import type { Catalogue } from '../catalogue/catalogue.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { flagList, type FlagValues, UsageError } from './command.ts';

/** The profiles that `--profile` names; undefined where it is not there. Throws a `UsageError` for one that does not exist. */
export function namedProfiles(
  flags: FlagValues,
  { profiles }: Pick<Catalogue, 'profiles'>,
): readonly string[] | undefined {
  const names = flagList(flags, 'profile');
  const unknown = names.find((name) => !profiles.has(name));
  if (unknown !== undefined)
    throw new UsageError(`there is no profile "${unknown}"${suggestion(unknown, profiles.keys())}`);
  return names.length === 0 ? undefined : names;
}
