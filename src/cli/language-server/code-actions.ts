import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  LSPErrorCodes,
  type Range,
  ResponseError,
} from 'vscode-languageserver/node';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { type Action, actionsFor, everywhereAction, fixAllAction } from '../../loop/editing/actions.ts';
import type { JudgedText } from '../../loop/editing/judge-text.ts';
import { printable } from '../../report/printable.ts';
import type { ClientFeatures } from './client-features.ts';
import { comparePositions, editsOf, rangeOf, touches, workspaceEditOf } from './conversion.ts';

/** A version of a text, and what there is to say about it. */
export interface JudgedDocument {
  readonly judged: JudgedText;
  readonly document: TextDocument;
}

/** The kind of the action that fixes everything in a file. */
export const fixAllKind = 'source.fixAll.scantling';

/** What a costly action needs to be worked out when it is chosen. */
interface Postponed {
  readonly uri: string;
  readonly version: number;
  /** Of the action for all failures of one control; else everything is fixed. */
  readonly control?: string;
}

/** What can be done about the notices in a range of a text, as far as it is asked for. */
export function codeActionsAt(
  { document, judged }: JudgedDocument,
  { context, range }: CodeActionParams,
  catalogue: Catalogue,
  features: ClientFeatures,
): CodeAction[] {
  const isWanted = (kind: string): boolean =>
    context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const near = judged.notices.filter(({ location }) => touches(rangeOf(location, judged.text.text), range));
  const quick = isWanted(CodeActionKind.QuickFix) ? actionsFor(judged, near, catalogue) : [];
  const all = isWanted(fixAllKind) ? fixAllAction(judged, catalogue) : undefined;
  return [...quick, ...(all === undefined ? [] : [all])]
    .filter(({ disabled }) => disabled === undefined || features.disabledActions)
    .map((action) => codeAction(action, document, context.diagnostics, features));
}

/** An action with its edit. Throws a ResponseError where the text has changed since it was offered. */
export function resolved(
  action: CodeAction,
  asked: JudgedDocument | undefined,
  catalogue: Catalogue,
  features: ClientFeatures,
): CodeAction {
  const { control, version } = (action.data ?? {}) as Partial<Postponed>;
  if (version === undefined) return action;
  if (asked === undefined || asked.document.version !== version) {
    throw new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed since');
  }
  const { document, judged } = asked;
  const same =
    control === undefined ? fixAllAction(judged, catalogue) : everywhereAction(control, judged, catalogue);
  if (same === undefined) return action;
  return { ...action, edit: workspaceEditOf(editsOf(same.changes(), document), document, features) };
}

function codeAction(
  action: Action,
  document: TextDocument,
  diagnostics: readonly Diagnostic[],
  features: ClientFeatures,
): CodeAction {
  const { control, disabled, isPreferred, kind, notices, risk, title } = action;
  const ranges = notices.map(({ location, code }) => ({
    range: rangeOf(location, document.getText()),
    code,
  }));
  const solved = diagnostics.filter((one) =>
    ranges.some(({ code, range }) => code === one.code && isSame(range, one.range)),
  );
  const { uri, version } = document;
  const isLazy = action.isCostly && features.lazyActions;
  const data: Postponed = { uri, version, ...(control !== undefined && { control }) };
  return {
    title: oneLine(title),
    kind,
    ...(solved.length > 0 && { diagnostics: solved }),
    ...(isPreferred && { isPreferred }),
    ...(disabled !== undefined && { disabled: { reason: oneLine(disabled) } }),
    ...(isLazy && { data }),
    ...(disabled === undefined &&
      !isLazy && { edit: workspaceEditOf(editsOf(action.changes(), document), document, features, risk) }),
  };
}

const isSame = (a: Range, b: Range): boolean =>
  comparePositions(a.start, b.start) === 0 && comparePositions(a.end, b.end) === 0;

/** Names of objects stand in titles, and have no line breaks there. */
const oneLine = (text: string): string => printable(text).slice(0, 300);
