import path from 'node:path';
import type { Problem } from '../../model/finding.ts';
import type { RenderedText } from '../rendered.ts';
import type { ProgramOptions } from './program.ts';
import type { SourceFiles } from './source-files.ts';
import type { Wrapper } from './wrapper.ts';

/** How charts and kustomizations are rendered. */
export interface RenderOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `1.NN`. */
  readonly kubernetesVersion: string;
  /** How long one chart or kustomization may take. */
  readonly timeoutSeconds: number;
  /** Files of values for all charts (absolute), a later one wins. */
  readonly values: readonly string[];
  /** Leave kustomizations as they are. */
  readonly chartsOnly?: boolean;
  readonly onProgress?: (done: number, all: number) => void;
}

/** One thing to render. */
export interface Task {
  /** Its Chart.yaml or kustomization.yaml, as shown: what is set for this file counts for it. */
  readonly shown: string;
  /** Files as shown whose objects are wanted where not all are. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whose parameters it is rendered with, where not its own. */
  readonly wrapper: Wrapper | undefined;
  readonly run: (program: ProgramOptions) => Promise<RenderedText | { readonly problem: Problem }>;
  /** Whether a file (absolute) is not to be judged raw when this has been rendered. */
  readonly covers: (file: string) => boolean;
}

/** What to render, and what is in the way of the rest. */
export interface Tasks {
  readonly tasks: readonly Task[];
  readonly problems: readonly Problem[];
  /** Folders as shown that should be rendered and have no task. */
  readonly without?: readonly string[];
}

/** A sentence for all the folders that wait for a program. */
export function notInstalled(
  folders: readonly string[],
  name: string,
  program: string,
  variable: string,
  files: SourceFiles,
): Problem {
  const file = files.shown(path.join(folders[0]!, name));
  const more = folders.length === 1 ? '' : `, nor are ${folders.length - 1} more`;
  const reason = `not rendered and not judged${more}: ${program} is not installed; install it, or name it in ${variable}`;
  return { file, line: 0, column: 0, severity: 'warning', reason };
}
