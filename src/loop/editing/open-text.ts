import path from 'node:path';
import { configurationName } from '../../config/discover.ts';

/** A text as somebody is editing it. */
export interface OpenText {
  /** How the editor calls it. */
  readonly uri: string;
  /** Absolute path; undefined for a text that was never saved. */
  readonly file: string | undefined;
  /** Grows with each change. */
  readonly version: number;
  readonly text: string;
}

/** What findings and problems of a text call its file: its path with `/`, or what the editor calls it. */
export function nameOf({ file, uri }: OpenText): string {
  return file === undefined ? uri : wholePath(file);
}

/** An absolute path as findings show it. */
export function wholePath(absolute: string): string {
  return absolute.split(path.sep).join('/');
}

/** A working folder in which nothing lies, so that every path is shown whole. */
export const noFolder: string = path.resolve('/nowhere');

/** Whether a text is a configuration of ours. */
export function isConfiguration({ file }: Pick<OpenText, 'file'>): boolean {
  return file !== undefined && path.basename(file) === configurationName;
}
