import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { checkoutCatalogue } from '../../catalogue/load.ts';
import { applySplices } from '../../yaml/index.ts';
import type { Action, TextChange } from './actions.ts';
import { type JudgedText, judgeText } from './judge-text.ts';
import { Neighbours } from './neighbours.ts';
import type { Notice } from './notice.ts';
import type { OpenText } from './open-text.ts';
import { Pace } from './pace.ts';
import { Rulebook } from './rulebook.ts';

/** The catalogue of the checkout, read once for all tests. */
export const catalogue = checkoutCatalogue();

export const today = '2026-11-22';

/** Work that somebody always wants. */
export const wanted = (): Pace => new Pace({ isGone: false });

export function textOf(text: string, file?: string, version = 1): OpenText {
  return { uri: file === undefined ? 'untitled:Untitled-1' : `file://${file}`, file, version, text };
}

export function rulebookOf(profiles?: readonly string[]): Rulebook {
  return new Rulebook({
    catalogue,
    profiles,
    version: undefined,
    config: undefined,
    readBytes: (absolute) => readFileSync(absolute),
  });
}

/** What there is to say of a text by itself, or among the files of folders. */
export async function judged(
  text: string,
  options: {
    readonly profiles?: readonly string[];
    readonly file?: string;
    readonly folders?: readonly string[];
    readonly unknown?: boolean;
  } = {},
): Promise<JudgedText> {
  const rulebook = rulebookOf(options.profiles);
  const neighbours = new Neighbours(options.folders ?? [], () => true);
  await neighbours.read(wanted());
  const { unknown } = options;
  const around = { rulebook, rules: rulebook.for(options.file), neighbours, today, unknown };
  return (await judgeText(textOf(text, options.file), around, wanted()))!;
}

/** `code line:column-line:column`, one line for each notice. */
export function marks(notices: readonly Notice[]): string[] {
  return notices.map(
    ({ code, location: { line, column, endLine, endColumn }, message }) =>
      `${code ?? message} ${line}:${column}-${endLine}:${endColumn}`,
  );
}

/** The text after a change; of changes by place only those on one line. */
export function changed(text: string, changes: readonly TextChange[]): string {
  const lines = text.split(/(?<=\n)/);
  const startOf = (line: number): number => lines.slice(0, line - 1).join('').length;
  return applySplices(
    text,
    changes.map((change) =>
      'location' in change
        ? {
            start: startOf(change.location.line) + change.location.column - 1,
            end: startOf(change.location.endLine) + change.location.endColumn - 1,
            text: change.text,
          }
        : change,
    ),
  );
}

/** The action whose title begins so. */
export function titled(actions: readonly Action[], start: string): Action {
  const found = actions.find(({ title }) => title.startsWith(start));
  if (found === undefined)
    throw new Error(`no "${start}" among ${actions.map(({ title }) => title).join(', ')}`);
  return found;
}

/** A folder of its own with these files, gone after the test. */
export function folderOf(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-editing-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** A pod whose container `web` runs privileged and whose other one shares the processes of the node. */
export const badPod = `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
  - name: web   # the "shop" 🛒
    image: nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000
    securityContext: {privileged: true}
`;
