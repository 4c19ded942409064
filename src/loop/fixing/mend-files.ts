import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scan, type ScanOptions } from '../scan.ts';
import type { RuleFailure } from '../manifest-verdicts.ts';
import { fix, type FixingOptions, type MendedFile } from './fixing.ts';

/** What mending a file in several rounds makes of it. */
export type MendedText = Omit<MendedFile, 'splices'>;

/** A fix may make another control about an object, whose fix may do so again; no known chain is longer. */
const mostRounds = 4;

/**
 * Mends the failures of a scan as {@link fix} does, and then what fails in the mended texts only, until nothing changes any
 * more: who runs it again finds nothing left to do. `options` are those of the scan.
 */
export function mendFiles(
  failures: readonly RuleFailure[],
  options: ScanOptions,
  fixing: FixingOptions,
): readonly MendedText[] {
  const mended = new Map<string, MendedText>(fix(failures, fixing).map((one) => [one.file, one]));
  let changed = [...mended.values()].filter(isChanged);
  for (let round = 1; round < mostRounds && changed.length > 0; round++) {
    const texts = new Map(changed.map(({ after, file }) => [path.resolve(options.cwd, file), after]));
    const again = scan({
      ...options,
      inputs: changed.map(({ file }) => file),
      stdin: () => Buffer.from(mended.get('-')?.after ?? ''),
      readBytes: (absolute) => {
        const text = texts.get(absolute);
        return text === undefined ? readFileSync(absolute) : Buffer.from(text);
      },
      parallelFrom: Infinity,
    });
    const next = new Map(fix(again.failures, fixing).map((one) => [one.file, one]));
    for (const { file } of changed) mended.set(file, joined(mended.get(file)!, next.get(file), fixing));
    changed = [...next.values()].filter(isChanged);
  }
  return [...mended.values()];
}

const isChanged = ({ after, before }: MendedText): boolean => after !== before;

/**
 * Two rounds of mending a file as one. What was left at first counts no more where the object passes by now, unless only all
 * files together can tell.
 */
function joined(first: MendedText, next: MendedText | undefined, { catalogue }: FixingOptions): MendedText {
  const isDerived = (control: string): boolean => catalogue.controls.get(control)?.derivation !== undefined;
  const kept = first.mendings.filter(({ control, refused }) => refused === undefined || isDerived(control));
  const { file, before } = first;
  return { file, before, after: next?.after ?? first.after, mendings: [...kept, ...(next?.mendings ?? [])] };
}
