import type { Catalogue } from '../catalogue/catalogue.ts';
import { calledHere, comparableTools, type ComparableTool, controlsCalled } from '../catalogue/cross-walk.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { flagList, flagText, type FlagValues, UsageError } from './command.ts';
import type { Streams } from './stream.ts';

/**
 * The controls that a flag names by their ids, by those of other tools or by names that they had before; what is not our
 * own id is told in a sentence. Undefined where the flag is not there. `own` are names that are no controls and known to
 * somebody else; they are left out.
 */
export function namedControls(
  flags: FlagValues,
  flag: string,
  { controls }: Pick<Catalogue, 'controls'>,
  { err }: Pick<Streams, 'err'>,
  own: () => ReadonlySet<string> = () => new Set(),
): readonly string[] | undefined {
  const names = flagList(flags, flag);
  if (names.length === 0) return undefined;
  const ids = names.flatMap((name) => {
    if (controls.has(name)) return [name];
    const found = controlsCalled(name, controls.values());
    if (found.length === 0) {
      const others = own();
      if (others.has(name)) return [];
      throw new UsageError(
        `there is no control "${name}"${suggestion(name, [...controls.keys(), ...others])}`,
      );
    }
    err(`${calledHere(name, found)}\n`);
    return found.map(({ control }) => control);
  });
  return [...new Set(ids)];
}

/** The tool of `--as`; undefined where it is not there. */
export function comparedTool(flags: FlagValues): ComparableTool | undefined {
  const written = flagText(flags, 'as');
  if (written === undefined) return undefined;
  const tool = comparableTools.find((one) => one === written);
  if (tool !== undefined) return tool;
  throw new UsageError(
    `--as takes ${comparableTools.join(', ')}, not "${written}"${suggestion(written, comparableTools)}`,
  );
}
