import { controlCompiler, openCatalogue } from '../../catalogue/catalogue.ts';
import { ManifestReader } from '../../collect/manifests.ts';
import { ExtractKeeper } from '../../derive/extract.ts';
import { kindRegistry } from '../../kube/kinds.ts';
import { judgeFile } from '../file-judging.ts';
import { Judging } from '../judging.ts';
import { Places } from '../located.ts';
import { Rulesets } from '../ruleset.ts';
import { noUserPolicies } from '../user-policies.ts';
import { type Answer, type Job, type PackedFile, slot } from './job.ts';
import { Packer } from './pack.ts';

/** Judges files from the end of the list until the first thread has the others, then answers. */
export async function runSecondThread(job: Job): Promise<void> {
  const { files, cwd, maxDepth, selection, settings, settingsOf, port } = job;
  const numbers = new Int32Array(job.shared);
  const catalogue = await openCatalogue();
  const compiler = controlCompiler(catalogue, job.version);
  const rulesets = new Rulesets(catalogue, job.version, compiler, selection, noUserPolicies);
  const reader = new ManifestReader(files, { cwd, exclude: [], maxDepth });
  const surroundings = { kinds: kindRegistry(), namespaces: new Map(), parameters: [] };
  const judging = new Judging(surroundings, new Places(), { showAll: false, elements: false });
  const keeper = job.derives ? new ExtractKeeper() : undefined;
  const packer = new Packer();
  const packed: PackedFile[] = [];
  for (let index = files.length - 1; takeFile(numbers, files.length); index--) {
    const ruleset = rulesets.for(settings[settingsOf[index]!]!);
    packed.push(
      packer.pack(
        index,
        judgeFile(reader, index, judging, () => ruleset, keeper),
      ),
    );
    Atomics.add(numbers, slot.done, 1);
  }
  const { tallies, likenesses } = packer;
  const answer: Answer = { files: packed, tallies, likenesses, rest: reader.result() };
  port.postMessage(answer);
  Atomics.store(numbers, slot.answered, 1);
  Atomics.notify(numbers, slot.answered);
}

/** Whether there is another file that nobody has taken. */
export function takeFile(numbers: Int32Array, all: number): boolean {
  return Atomics.add(numbers, slot.taken, 1) < all;
}
