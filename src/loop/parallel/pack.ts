import type { Manifest } from '../../collect/manifests.ts';
import { Shelf } from '../../collect/shelf.ts';
import type { DocumentPlace, LineIndex } from '../../yaml/index.ts';
import type { FileVerdicts } from '../file-judging.ts';
import type { Judging } from '../judging.ts';
import { failingBy, ManifestVerdicts, type Standing, traitsOf } from '../manifest-verdicts.ts';
import type { Ruleset } from '../ruleset.ts';
import type { PackedFile, PackedObject, PackedTally } from './job.ts';

/** Turns verdicts into plain data; thousands of objects share a tally. */
export class Packer {
  readonly tallies: PackedTally[] = [];
  private readonly known = new Map<Standing, number>();

  pack(index: number, { objects, definitions, extracts }: FileVerdicts): PackedFile {
    return {
      index,
      length: textLength(objects[0]),
      definitions,
      extracts,
      objects: objects.map((object): PackedObject => {
        if ('waiting' in object) {
          return { ...placed(object.waiting), tally: -1, ...nothingElse };
        }
        const { mayBeSuppressed, hasOwner, problems } = object.traits;
        return {
          ...placed(object.manifest),
          tally: this.tally(object.standing),
          mayBeSuppressed,
          hasOwner,
          problems,
          others: object.others.map(({ control, verdict, message, reason, at }) => ({
            control,
            verdict,
            message,
            reason,
            at,
          })),
        };
      }),
    };
  }

  private tally(standing: Standing): number {
    let index = this.known.get(standing);
    if (index === undefined) {
      const { verdicts, failing, judgedBy } = standing;
      const ids = { failing: failing.rules.map(({ id }) => id), judgedBy: judgedBy.map(({ id }) => id) };
      this.known.set(standing, (index = this.tallies.push({ verdicts, ...ids }) - 1));
    }
    return index;
  }
}

function textLength(object: FileVerdicts['objects'][number] | undefined): number {
  if (object === undefined) return 0;
  return ('waiting' in object ? object.waiting : object.manifest).lines.text.length;
}

const nothingElse = { mayBeSuppressed: false, hasOwner: false, problems: [], others: [] };

function placed({
  reference,
  origin,
  place,
}: Manifest & { place: DocumentPlace }): Pick<
  PackedObject,
  'reference' | 'document' | 'start' | 'end' | 'path'
> {
  const { start, end } = place;
  return { reference, document: origin.document, start, end, path: origin.path };
}

/** What the first thread needs to take over a file of the second. */
export interface Unpacking {
  readonly file: string;
  /** The file's text, read when somebody asks. */
  readonly lines: () => LineIndex;
  readonly maxDepth: number;
  readonly ruleset: Ruleset;
  readonly judging: Judging;
}

/** The verdicts as if they had been found here; what is asked about them later is worked out here. */
export function unpack(
  { objects, definitions, extracts }: PackedFile,
  tallies: readonly PackedTally[],
  { file, lines, maxDepth, ruleset, judging }: Unpacking,
): FileVerdicts {
  const shelf = new Shelf();
  const rule = (id: string) => ruleset.named.get(id)!;
  const explain = judging.explainBy(ruleset);
  const standings = new Map<number, Standing>();
  const standing = (tally: number): Standing => {
    let known = standings.get(tally);
    if (known === undefined) {
      const { verdicts, failing, judgedBy } = tallies[tally]!;
      known = {
        verdicts,
        judgedBy: judgedBy.map(rule),
        failing: failingBy(failing.map(rule), explain),
        remarks: [],
      };
      standings.set(tally, known);
    }
    return known;
  };
  return {
    definitions,
    extracts,
    objects: objects.map(({ reference, document, start, end, path, tally, others, ...rest }) => {
      const place: DocumentPlace = {
        index: document,
        start,
        end,
        maxDepth,
        get lines() {
          return lines();
        },
      };
      const manifest = shelf.put({ reference, origin: { file, document, path } }, place);
      if (tally < 0) return { waiting: manifest };
      const own = others.map((finding) =>
        judging.finding({ ...finding, rule: rule(finding.control) }, manifest),
      );
      return new ManifestVerdicts(manifest, traitsOf(rest), standing(tally), own);
    }),
  };
}
