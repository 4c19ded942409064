import { statSync } from 'node:fs';
import path from 'node:path';
import { readNamed } from '../../collect/read-named.ts';
import { position, readDocuments } from '../../yaml/index.ts';
import { longestLine } from './lines.ts';
import type { ReadText } from './review-text.ts';

/** A review of a file of documents: the line where it begins, and its value or what is wrong with it. */
export type ReadDocument = ReadText & { readonly line: number };

/**
 * The reviews of a file that holds them as documents, as `kubectl` and editors write them, instead of one on each line:
 * every YAML file, and a `.json` whose first line does not end an object. Undefined where the file is to be read line by line.
 */
export function readReviewFile(file: string): readonly ReadDocument[] | undefined {
  const extension = path.extname(file).toLowerCase();
  const isYaml = extension === '.yaml' || extension === '.yml';
  if (!isYaml && extension !== '.json') return undefined;
  if (statSync(file).size > longestLine) return undefined;
  const bytes = readNamed(file);
  if (!isYaml && firstLine(bytes).trimEnd().endsWith('}')) return undefined;
  const documents = [...readDocuments(bytes, { maxDepth: 10_000 })].filter(({ isEmpty }) => !isEmpty);
  return documents.map((document) => {
    const { line } = position(document, document.start);
    const { value, problems } = document;
    if (value !== undefined) return { line, value };
    const [problem] = problems;
    const at = problem === undefined ? { line, column: 1 } : position(document, problem.start);
    return { line: at.line, column: at.column, problem: problem?.reason ?? 'it cannot be read' };
  });
}

function firstLine(bytes: Buffer): string {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  return text.split('\n').find((line) => line.trim() !== '') ?? '';
}
