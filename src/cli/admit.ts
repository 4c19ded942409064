import { createReadStream, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { formatMinorVersion } from '../catalogue/versions.ts';
import { collectManifests } from '../collect/manifests.ts';
import { Admission, type Answer, unknownAnnotation } from '../loop/admission/admission.ts';
import { Cluster } from '../loop/admission/cluster.ts';
import { type Line, readLines } from '../loop/admission/lines.ts';
import { readAdmissionPolicies } from '../loop/admission/policies.ts';
import { type ReadDocument, readReviewFile } from '../loop/admission/review-file.ts';
import { readReviewText } from '../loop/admission/review-text.ts';
import { readReview, ReviewError } from '../loop/admission/review.ts';
import { formatPath } from '../model/path.ts';
import { PolicyCompiler } from '../policy/index.ts';
import {
  type Arguments,
  type Command,
  flagText,
  type FlagValues,
  flagValues,
  UsageError,
} from './command.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { problemLine } from './problem-line.ts';
import type { Streams } from './stream.ts';

/** `scantling admit`: its flags and its help. */
export const admitCommand: Command = {
  name: 'admit',
  summary: 'Answer AdmissionReviews as an API server with these policies would.',
  usage: 'admit --policy PATH [--context PATH] [REVIEWS.jsonl | -] ... [flags]',
  examples: [
    'scantling admit --policy policies/ reviews.jsonl',
    'scantling admit --policy policies/ --context cluster/ --explain - < reviews.jsonl',
    "scantling admit --policy p.yaml reviews.jsonl | jq -r 'select(.response.allowed | not).response.status.message'",
  ],
  flags: {
    policy: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      help: 'validating and mutating policies, bindings, parameters beside them; needed',
    },
    context: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      help: 'objects of the cluster: namespaces, parameters, CRDs; with it other parameters do not exist',
    },
    explain: {
      type: 'boolean',
      help: 'add response.explain: every failure of every policy with its paths',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version that answers, ${knownVersions} (default the latest)`,
    },
  },
  notes: `One admission.k8s.io/v1 AdmissionReview a line comes in, one goes out, in the same order; of a
.yaml file, and of a .json file that is broken into lines for reading, one a document. What
cannot be known is not guessed: the annotation scantling.dev/unknown says what and why.

Exit codes: 0 all allowed; 1 a request is denied; 2 a mistake in the call; 3 a line or policy
cannot be read, or an answer is not known (3 comes before 1).`,
};

/** `scantling admit`. Returns the exit code. */
export async function runAdmit({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  const inputs = positionals.length === 0 ? ['-'] : positionals;
  for (const input of inputs) if (input !== '-') refuseMissing(input, streams.cwd);
  const admission = prepare(flags, streams);
  if (admission === undefined) {
    streams.err('exit 3: no request is answered by policies of which some cannot be stored\n');
    return 3;
  }
  const tally = { allowed: 0, denied: 0, unknown: 0, unread: 0 };
  for (const input of inputs) {
    for await (const reviews of reviewsOf(input, streams)) {
      let text = '';
      for (const one of reviews) {
        const answer = answerReview(one, input, admission, streams);
        tally[answer?.outcome ?? 'unread']++;
        if (answer !== undefined) text += `${JSON.stringify(answer.review)}\n`;
      }
      if (text !== '') await streams.out(text);
      if (streams.hasReader?.() === false) break;
    }
  }
  if (tally.allowed + tally.denied + tally.unknown + tally.unread === 0) {
    streams.err(`warning  ${inputs.join(' ')}  there is no AdmissionReview here\n`);
  }
  if (tally.unread + tally.unknown > 0) {
    const unread = `${tally.unread} ${tally.unread === 1 ? 'line' : 'lines'} could not be read`;
    const unknown = `${tally.unknown} ${tally.unknown === 1 ? 'answer is' : 'answers are'} not known (annotation ${unknownAnnotation})`;
    const reasons = [...(tally.unread > 0 ? [unread] : []), ...(tally.unknown > 0 ? [unknown] : [])];
    streams.err(`exit 3: ${reasons.join(', ')}\n`);
    return 3;
  }
  return tally.denied > 0 ? 1 : 0;
}

interface Prepared {
  readonly admission: Admission;
  readonly cluster: Cluster;
}

/** Reads policies and context; undefined, after saying why, where there is something that cannot be read or stored. */
function prepare(flags: FlagValues, streams: Streams): Prepared | undefined {
  const paths = flagValues(flags, 'policy');
  if (paths.length === 0) throw new UsageError('--policy is missing: which policies answer?');
  const contextPaths = flagValues(flags, 'context');
  for (const one of [...paths, ...contextPaths]) if (!/[*?[{]/.test(one)) refuseMissing(one, streams.cwd);
  const version = kubernetesVersion(flagText(flags, 'kubernetes-version'));
  const compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
  const policies = readAdmissionPolicies(paths, streams.cwd, compiler);
  const context =
    contextPaths.length === 0
      ? undefined
      : collectManifests(contextPaths, { cwd: streams.cwd, exclude: [], stdin: streams.stdin });
  const problems = [...policies.problems, ...(context?.problems ?? [])];
  for (const problem of problems) streams.err(problemLine(problem));
  if (problems.some(({ severity }) => severity === 'error')) return undefined;
  if (policies.bound.length + policies.mutations.length === 0) {
    throw new UsageError(`--policy ${paths.join(' ')}: there is no admission policy here`);
  }
  const objects = [...policies.objects, ...(context?.manifests ?? []).map(({ value }) => value)];
  const cluster = new Cluster(objects, context !== undefined);
  const { bound, mutations } = policies;
  const explain = flags['explain'] === true;
  return { cluster, admission: new Admission({ policies: bound, mutations, cluster, explain }) };
}

/** The reviews of an input, in batches as they arrive: one a line or, in a file of documents, one a document. */
async function* reviewsOf(input: string, streams: Streams): AsyncGenerator<readonly ReadDocument[]> {
  const file = path.resolve(streams.cwd, input);
  if (input !== '-' && statSync(file).isDirectory()) {
    throw new UsageError(`"${input}" is a folder; reviews come from files`);
  }
  const documents = input === '-' ? undefined : readReviewFile(file);
  if (documents !== undefined) yield documents;
  else for await (const lines of readLines(bytesOf(input, streams))) yield lines.map(ofLine);
}

function ofLine(line: Line): ReadDocument {
  if ('problem' in line) return { line: line.number, column: 1, problem: line.problem };
  return { line: line.number, ...readReviewText(line.text) };
}

/** Undefined, after saying why, where it is no review. Never throws. */
function answerReview(
  read: ReadDocument,
  input: string,
  { admission, cluster }: Prepared,
  streams: Streams,
): Answer | undefined {
  const { line } = read;
  const fail = (reason: string, column = 1): undefined => {
    streams.err(problemLine({ file: input, line, column, severity: 'error', reason }));
    return undefined;
  };
  if ('problem' in read) return fail(read.problem, read.column);
  try {
    const answer = admission.answer(readReview(read.value, cluster.kinds));
    for (const field of answer.unknownFields) {
      const reason = `request.object.${formatPath(field)}: the API server knows no such field and drops it`;
      streams.err(problemLine({ file: input, line, column: 1, severity: 'warning', reason }));
    }
    return answer;
  } catch (error) {
    if (error instanceof ReviewError) {
      const where = error.path.length === 0 ? '' : `${formatPath(error.path)}: `;
      return fail(`${where}${error.message}`);
    }
    // Only nesting that no API server takes makes a reader of ours run out of stack.
    if (error instanceof RangeError) return fail('the review is nested too deeply');
    throw error;
  }
}

function refuseMissing(input: string, cwd: string): void {
  if (!existsSync(path.resolve(cwd, input))) throw new UsageError(`there is no file or folder "${input}"`);
}

function bytesOf(input: string, streams: Streams): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (input === '-') return streams.stdinChunks?.() ?? [streams.stdin()];
  return createReadStream(path.resolve(streams.cwd, input), { highWaterMark: 256 * 1024 });
}
