import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type {
  AnnotatedTextEdit,
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  Position,
  Range,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { TextChange } from '../../loop/editing/actions.ts';
import type { Loudness, Notice } from '../../loop/editing/notice.ts';
import { nameOf, type OpenText } from '../../loop/editing/open-text.ts';
import type { Location } from '../../model/finding.ts';
import { printable } from '../../report/printable.ts';
import type { ClientFeatures } from './client-features.ts';

/** Absolute path of a `file:` URI; undefined for any other. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

/** How the protocol calls the file of a location. */
export function uriOf(file: string, text?: OpenText): string {
  if (text !== undefined && nameOf(text) === file) return text.uri;
  return pathToFileURL(file).href;
}

/**
 * A place as the protocol counts it: lines and UTF-16 code units from 0. A byte order mark has no column for people, and one
 * for the protocol where the editor has left it in the text.
 */
export function rangeOf(location: Omit<Location, 'file'>, text: string): Range {
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const place = (line: number, column: number): Position => ({
    line: Math.max(0, line - 1),
    character: Math.max(0, column - 1) + (line === 1 ? mark : 0),
  });
  return {
    start: place(location.line, location.column),
    end: place(location.endLine, location.endColumn),
  };
}

const severities: Readonly<Record<Loudness, DiagnosticSeverity>> = {
  error: 1,
  warning: 2,
  information: 3,
  hint: 4,
};

/** A notice as the protocol has it. `source` is what people see beside it. */
export function diagnosticOf(notice: Notice, text: OpenText, features: ClientFeatures): Diagnostic {
  const { code, href, location, loudness, message, related } = notice;
  return {
    range: rangeOf(location, text.text),
    severity: severities[loudness],
    source: 'scantling',
    message: printable(message),
    ...(code !== undefined && { code }),
    ...(code !== undefined &&
      href !== undefined &&
      features.codeDescription && { codeDescription: { href } }),
    ...(related.length > 0 &&
      features.relatedInformation && {
        relatedInformation: related.map((one): DiagnosticRelatedInformation => ({
          location: { uri: uriOf(one.location.file, text), range: rangeOf(one.location, text.text) },
          message: printable(one.message),
        })),
      }),
  };
}

/** Changes to a text as edits, from its top to its end; of several at one place the first comes first. */
export function editsOf(changes: readonly TextChange[], document: TextDocument): TextEdit[] {
  const edits = changes.map((change): TextEdit =>
    'location' in change
      ? { range: rangeOf(change.location, document.getText()), newText: change.text }
      : {
          range: { start: document.positionAt(change.start), end: document.positionAt(change.end) },
          newText: change.text,
        },
  );
  return edits.sort(
    (a, b) => comparePositions(a.range.start, b.range.start) || comparePositions(a.range.end, b.range.end),
  );
}

/** Edits of one text; where `risk` is given the editor is to ask before it makes them. */
export function workspaceEditOf(
  edits: readonly TextEdit[],
  document: TextDocument,
  features: ClientFeatures,
  risk?: { readonly label: string; readonly description: string },
): WorkspaceEdit {
  if (!features.documentChanges) return { changes: { [document.uri]: [...edits] } };
  const textDocument = { uri: document.uri, version: document.version };
  if (risk === undefined || !features.changeAnnotations)
    return { documentChanges: [{ textDocument, edits: [...edits] }] };
  const annotated = edits.map((edit): AnnotatedTextEdit => ({ ...edit, annotationId: 'risk' }));
  return {
    documentChanges: [{ textDocument, edits: annotated }],
    changeAnnotations: { risk: { ...risk, needsConfirmation: true } },
  };
}

/** Whether two ranges have a place in common; an empty one has its place. */
export function touches(a: Range, b: Range): boolean {
  return comparePositions(a.start, b.end) <= 0 && comparePositions(b.start, a.end) <= 0;
}

/** Negative where `a` stands before `b`, 0 where they are one. */
export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}
