import type { Manifest } from '../../collect/manifests.ts';
import { Shelf } from '../../collect/shelf.ts';
import type { DocumentPlace, LineIndex } from '../../yaml/index.ts';
import type { FileVerdicts } from '../file-judging.ts';
import type { Judging } from '../judging.ts';
import { failingBy, ManifestVerdicts, type Standing, traitsOf } from '../manifest-verdicts.ts';
import type { Likeness } from '../../policy/index.ts';
import { failingPaths, knownPaths } from '../failing-paths.ts';
import type { Rule, Ruleset } from '../ruleset.ts';
import type { Answer, PackedFile, PackedLikeness, PackedObject, PackedTally } from './job.ts';

/** Turns verdicts into plain data; thousands of objects share a tally. */
export class Packer {
  readonly tallies: PackedTally[] = [];
  readonly likenesses: PackedLikeness[] = [];
  private readonly known = new Map<Standing, number>();
  private readonly knownLikenesses = new Map<Likeness, number>();

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
          alike: object.likeness === undefined ? -1 : this.alike(object.likeness),
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

  private alike(likeness: Likeness): number {
    let index = this.knownLikenesses.get(likeness);
    if (index === undefined) {
      const paths = [...likeness].flatMap(([rule, alike]) => {
        const found = knownPaths(alike, rule);
        return found === undefined ? [] : [[rule, found] as const];
      });
      this.knownLikenesses.set(likeness, (index = this.likenesses.push(paths) - 1));
    }
    return index;
  }
}

function textLength(object: FileVerdicts['objects'][number] | undefined): number {
  if (object === undefined) return 0;
  return ('waiting' in object ? object.waiting : object.manifest).lines.text.length;
}

const nothingElse = { alike: -1, mayBeSuppressed: false, hasOwner: false, problems: [], others: [] };

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
}

/** Makes verdicts of plain data as if they had been found here; what is asked about them later is worked out here. */
export class Unpacker {
  private readonly answer: Pick<Answer, 'tallies' | 'likenesses'>;
  private readonly judging: Judging;
  private readonly standings = new Map<Ruleset, Map<number, Standing>>();
  private readonly likenesses = new Map<number, Likeness>();

  constructor(answer: Pick<Answer, 'tallies' | 'likenesses'>, judging: Judging) {
    this.answer = answer;
    this.judging = judging;
  }

  unpack(
    { objects, definitions, extracts }: PackedFile,
    { file, lines, maxDepth, ruleset }: Unpacking,
  ): FileVerdicts {
    const shelf = new Shelf();
    return {
      definitions,
      extracts,
      objects: objects.map(({ reference, document, start, end, path, tally, alike, others, ...rest }) => {
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
          this.judging.finding({ ...finding, rule: ruleset.named.get(finding.control)! }, manifest),
        );
        const standing = this.standing(tally, ruleset);
        return new ManifestVerdicts(manifest, traitsOf(rest), standing, own, this.likeness(alike));
      }),
    };
  }

  private standing(tally: number, ruleset: Ruleset): Standing {
    let known = this.standings.get(ruleset);
    if (known === undefined) this.standings.set(ruleset, (known = new Map()));
    let standing = known.get(tally);
    if (standing === undefined) {
      const { verdicts, failing, judgedBy } = this.answer.tallies[tally]!;
      const rule = (id: string): Rule => ruleset.named.get(id)!;
      standing = {
        verdicts,
        judgedBy: judgedBy.map(rule),
        failing: failingBy(failing.map(rule), this.judging.explainBy(ruleset)),
        remarks: [],
      };
      known.set(tally, standing);
    }
    return standing;
  }

  private likeness(alike: number): Likeness | undefined {
    if (alike < 0) return undefined;
    let likeness = this.likenesses.get(alike);
    if (likeness === undefined) {
      likeness = new Map(
        this.answer.likenesses[alike]!.map(([rule, paths]) => {
          const stand = {};
          failingPaths(stand, rule, () => paths);
          return [rule, stand];
        }),
      );
      this.likenesses.set(alike, likeness);
    }
    return likeness;
  }
}
