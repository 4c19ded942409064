import { readFileSync } from 'node:fs';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type CancellationToken,
  type ClientCapabilities,
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CompletionItem,
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  FileChangeType,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  MessageType,
  type Range,
  ResponseError,
  ShowMessageNotification,
  TextDocuments,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { formatMinorVersion } from '../../catalogue/versions.ts';
import { type Action, actionsFor, everywhereAction, fixAllAction } from '../../loop/editing/actions.ts';
import { completionsAt } from '../../loop/editing/completion.ts';
import { Editor } from '../../loop/editing/editor.ts';
import { expressionTypeAt } from '../../loop/editing/expression-type.ts';
import { describeControl, describeExpression, describeNotice } from '../../loop/editing/hover.ts';
import type { JudgedText } from '../../loop/editing/judge-text.ts';
import type { Notice } from '../../loop/editing/notice.ts';
import type { OpenText } from '../../loop/editing/open-text.ts';
import { isConfiguration } from '../../loop/editing/open-text.ts';
import {
  type ClientFeatures,
  comparePositions,
  diagnosticOf,
  editsOf,
  pathOf,
  rangeOf,
  touches,
  uriOf,
  workspaceEditOf,
} from './conversion.ts';
import { type ServerSettings, settingsFrom } from './settings.ts';

export interface ServerOptions {
  readonly catalogue: Catalogue;
  /** What the command line says; what the editor says wins over it. */
  readonly settings: ServerSettings;
  readonly version: string;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

const fixAllKind = 'source.fixAll.scantling';

/**
 * Serves one editor by the Language Server Protocol 3.17 over two streams. It ends the process as the protocol asks:
 * with 0 after `shutdown` and `exit`, with 1 after `exit` alone or when the editor is gone.
 */
export function serve(options: ServerOptions): void {
  new Server(options).listen();
}

class Server {
  private readonly options: ServerOptions;
  private readonly connection: Connection;
  private readonly documents = new TextDocuments(TextDocument);
  private readonly languages = new Map<string, string>();
  private features: ClientFeatures = featuresOf({});
  private watches = false;
  private watchesFolders = false;
  private folders: readonly string[] = [];
  private editor: Editor;
  private isShutDown = false;

  constructor(options: ServerOptions) {
    this.options = options;
    this.connection = createConnection(options.input, options.output);
    this.editor = this.newEditor(options.settings);
  }

  listen(): void {
    const { connection, documents } = this;
    connection.onInitialize((params) => this.initialize(params));
    connection.onInitialized(() => void this.initialized());
    connection.onShutdown(() => {
      this.isShutDown = true;
      this.editor.stopAll();
    });
    documents.onDidChangeContent(({ document }) => this.guarded(() => this.update(document)));
    documents.onDidClose(({ document }) => this.guarded(() => this.editor.close(document.uri)));
    connection.onDidChangeWatchedFiles(({ changes }) =>
      this.guarded(() => {
        const known = changes.flatMap(({ type, uri }) => {
          const file = pathOf(uri);
          return file === undefined ? [] : [{ file, isNew: type !== FileChangeType.Changed }];
        });
        this.editor.changedOnDisk(known);
      }),
    );
    connection.onDidChangeConfiguration(({ settings }) =>
      this.guarded(() => this.configure((settings as { scantling?: unknown } | null)?.scantling)),
    );
    connection.onCodeAction((params, token) => this.asked(token, () => this.codeActions(params)));
    connection.onCodeActionResolve((action, token) => this.asked(token, () => this.resolve(action)));
    connection.onHover(({ position, textDocument }, token) =>
      this.asked(token, () => this.hover(textDocument.uri, { start: position, end: position })),
    );
    connection.onCompletion(({ position, textDocument }, token) =>
      this.asked(token, () =>
        Promise.resolve(this.completions(textDocument.uri, { start: position, end: position })),
      ),
    );
    documents.listen(connection);
    connection.listen();
  }

  private initialize(params: InitializeParams): InitializeResult {
    const { capabilities, initializationOptions, rootUri, workspaceFolders } = params;
    this.features = featuresOf(capabilities);
    this.watches = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    this.watchesFolders = capabilities.workspace?.workspaceFolders === true;
    const uris = workspaceFolders?.map(({ uri }) => uri) ?? (typeof rootUri === 'string' ? [rootUri] : []);
    this.folders = uris.flatMap((uri) => pathOf(uri) ?? []);
    this.configure(initializationOptions);
    return {
      serverInfo: { name: 'scantling', version: this.options.version },
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        hoverProvider: true,
        codeActionProvider: {
          codeActionKinds: [CodeActionKind.QuickFix, fixAllKind],
          resolveProvider: true,
        },
        completionProvider: {},
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  private async initialized(): Promise<void> {
    if (this.watchesFolders) {
      this.connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) =>
        this.guarded(() => {
          const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
          const left = this.folders.filter((folder) => !gone.has(folder));
          this.folders = [...new Set([...left, ...added.flatMap(({ uri }) => pathOf(uri) ?? [])])];
          this.editor.open(this.folders);
        }),
      );
    }
    if (!this.watches) return;
    const watchers = ['**/*.{yaml,yml,json}', '**/.scantling.yaml', '**/.gitignore'].map((globPattern) => ({
      globPattern,
    }));
    // An editor that refuses still tells of what is open in it.
    await this.connection.client
      .register(DidChangeWatchedFilesNotification.type, { watchers })
      .catch((error) => this.connection.console.log(`files are not watched: ${String(error)}`));
  }

  /** Takes what the editor says about profiles and versions. */
  private configure(written: unknown): void {
    const { problems, settings } = settingsFrom(written, this.options.catalogue);
    for (const problem of problems) {
      // Not `window.showErrorMessage`: that is a request, which an editor may refuse.
      void this.connection.sendNotification(ShowMessageNotification.type, {
        type: MessageType.Error,
        message: `scantling: ${problem}`,
      });
    }
    this.editor.stopAll();
    this.editor = this.newEditor({ ...this.options.settings, ...settings });
    for (const document of this.documents.all()) this.update(document);
  }

  private newEditor({ config, kubernetesVersion, profiles }: ServerSettings): Editor {
    const { catalogue } = this.options;
    const { connection } = this;
    const log = (message: string): void => connection.console.error(message);
    return new Editor({
      catalogue,
      profiles,
      version: kubernetesVersion,
      config,
      folders: this.folders,
      readBytes: (absolute) => readFileSync(absolute),
      host: {
        log,
        show: (text, notices) => this.show(text, notices),
        showFile: (file, notices) =>
          this.show({ uri: uriOf(file), file, version: 0, text: '' }, notices, false),
      },
    });
  }

  private update(document: TextDocument): void {
    // Templates are no YAML before they are rendered, whatever their file is called.
    if (document.languageId.startsWith('helm')) return;
    const { uri, version } = document;
    this.editor.update({ uri, file: pathOf(uri), version, text: document.getText() });
  }

  private show(text: OpenText, notices: readonly Notice[], isOpen = true): void {
    const diagnostics = notices.map((notice) => diagnosticOf(notice, text, this.features));
    const version = isOpen && this.features.versionedDiagnostics ? { version: text.version } : {};
    void this.connection.sendDiagnostics({ uri: text.uri, diagnostics, ...version });
  }

  private async codeActions({ context, range, textDocument }: CodeActionParams): Promise<CodeAction[]> {
    const { judged, document } = await this.judged(textDocument.uri);
    if (judged === undefined || document === undefined) return [];
    const { catalogue } = this.options;
    const isWanted = (kind: string): boolean =>
      context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
    const near = judged.notices.filter(({ location }) => touches(rangeOf(location, judged.text.text), range));
    const quick = isWanted(CodeActionKind.QuickFix) ? actionsFor(judged, near, catalogue) : [];
    const all = isWanted(fixAllKind) ? fixAllAction(judged, catalogue) : undefined;
    return [...quick, ...(all === undefined ? [] : [all])]
      .filter(({ disabled }) => disabled === undefined || this.features.disabledActions)
      .map((action) => this.codeAction(action, judged, document, context.diagnostics));
  }

  private codeAction(
    action: Action,
    { text }: JudgedText,
    document: TextDocument,
    diagnostics: CodeActionParams['context']['diagnostics'],
  ): CodeAction {
    const { control, disabled, isPreferred, kind, notices, risk, title } = action;
    const ranges = notices.map(({ location, code }) => ({ range: rangeOf(location, text.text), code }));
    const solved = diagnostics.filter((one) =>
      ranges.some(({ code, range }) => code === one.code && isSame(range, one.range)),
    );
    const isLazy = action.isCostly && this.features.lazyActions;
    return {
      title: printableTitle(title),
      kind,
      ...(solved.length > 0 && { diagnostics: solved }),
      ...(isPreferred && { isPreferred }),
      ...(disabled !== undefined && { disabled: { reason: printableTitle(disabled) } }),
      ...(isLazy && { data: { uri: document.uri, version: document.version, control } }),
      ...(disabled === undefined &&
        !isLazy && {
          edit: workspaceEditOf(editsOf(action.changes(), document), document, this.features, risk),
        }),
    };
  }

  private async resolve(action: CodeAction): Promise<CodeAction> {
    const { control, uri, version } = (action.data ?? {}) as {
      uri?: string;
      version?: number;
      control?: string;
    };
    if (uri === undefined) return action;
    const { judged, document } = await this.judged(uri);
    if (judged === undefined || document?.version !== version) {
      throw new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed since');
    }
    const { catalogue } = this.options;
    const same =
      control === undefined ? fixAllAction(judged, catalogue) : everywhereAction(control, judged, catalogue);
    if (same === undefined) return action;
    return { ...action, edit: workspaceEditOf(editsOf(same.changes(), document!), document!, this.features) };
  }

  private async hover(uri: string, range: Range): Promise<Hover | null> {
    const { judged, document } = await this.judged(uri);
    if (judged === undefined || document === undefined) return null;
    const { catalogue } = this.options;
    const { text } = judged;
    const found = judged.notices.filter(({ location }) => touches(rangeOf(location, text.text), range));
    if (found.length === 0 && isConfiguration(text)) return this.hoverName(document, range);
    const version = formatMinorVersion(this.editor.rulesFor(text).version);
    const offset = document.offsetAt(range.start);
    const type = expressionTypeAt(judged.manifests, offset, version, this.editor.definitionsFor(text));
    const parts = [
      ...(type === undefined ? [] : [describeExpression(type)]),
      ...found.flatMap((notice) => describeNotice(notice, catalogue) ?? []),
    ];
    if (parts.length === 0) return null;
    const place =
      type === undefined
        ? found.map(({ location }) => rangeOf(location, text.text)).sort(bySize)[0]!
        : { start: document.positionAt(type.start), end: document.positionAt(type.end) };
    return this.marked([...new Set(parts)].join('\n\n---\n\n'), place);
  }

  /** A control that a configuration names. */
  private hoverName(document: TextDocument, { start }: Range): Hover | null {
    const line = document.getText({
      start: { line: start.line, character: 0 },
      end: { line: start.line + 1, character: 0 },
    });
    for (const { 0: word, index } of line.matchAll(/[a-z0-9](?:[-a-z0-9]*[a-z0-9])?/g)) {
      if (index > start.character || index + word.length < start.character) continue;
      const control = this.options.catalogue.controls.get(word);
      if (control === undefined) return null;
      const range = {
        start: { line: start.line, character: index },
        end: { line: start.line, character: index + word.length },
      };
      return this.marked(describeControl(control), range);
    }
    return null;
  }

  private marked(value: string, range: Range): Hover {
    return { contents: { kind: this.features.markdown ? 'markdown' : 'plaintext', value }, range };
  }

  private completions(uri: string, { start }: Range): CompletionItem[] {
    const document = this.documents.get(uri);
    const file = pathOf(uri);
    if (document === undefined || !isConfiguration({ file })) return [];
    return completionsAt(document.getText(), document.offsetAt(start), this.options.catalogue).map(
      ({ detail, insert, label }): CompletionItem => ({ label, detail, insertText: insert }),
    );
  }

  /** The newest version of a text and what there is to say about it. */
  private async judged(
    uri: string,
  ): Promise<{ judged: JudgedText | undefined; document: TextDocument | undefined }> {
    const judged = await this.editor.judged(uri);
    const document = this.documents.get(uri);
    // While this was waited for the text may have changed again.
    return document?.version === judged?.text.version
      ? { judged, document }
      : { judged: undefined, document: undefined };
  }

  /** Answers a request: with an error where nobody wants the answer any more, never with an end of the process. */
  private async asked<T>(
    token: CancellationToken,
    answer: () => Promise<T>,
  ): Promise<T | ResponseError<void>> {
    if (this.isShutDown) return new ResponseError(ErrorCodes.InvalidRequest, 'the server has been shut down');
    const cancelled = new Promise<ResponseError<void>>((resolve) => {
      const stop = (): void => resolve(new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled'));
      if (token.isCancellationRequested) stop();
      token.onCancellationRequested(stop);
    });
    try {
      return await Promise.race([answer(), cancelled]);
    } catch (error) {
      if (error instanceof ResponseError) return error as ResponseError<void>;
      this.connection.console.error((error as Error).stack ?? String(error));
      return new ResponseError(
        ErrorCodes.InternalError,
        `something is wrong inside scantling: ${String(error)}`,
      );
    }
  }

  /** Takes a notification; nobody waits for an answer. */
  private guarded(take: () => void): void {
    if (this.isShutDown) return;
    try {
      take();
    } catch (error) {
      this.connection.console.error((error as Error).stack ?? String(error));
    }
  }
}

function featuresOf({ textDocument, workspace }: ClientCapabilities): ClientFeatures {
  const { codeAction, hover, publishDiagnostics } = textDocument ?? {};
  return {
    versionedDiagnostics: publishDiagnostics?.versionSupport === true,
    relatedInformation: publishDiagnostics?.relatedInformation === true,
    codeDescription: publishDiagnostics?.codeDescriptionSupport === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    disabledActions: codeAction?.disabledSupport === true,
    lazyActions:
      codeAction?.resolveSupport?.properties.includes('edit') === true && codeAction.dataSupport === true,
    markdown: hover?.contentFormat?.includes('markdown') !== false,
  };
}

const isSame = (a: Range, b: Range): boolean =>
  comparePositions(a.start, b.start) === 0 && comparePositions(a.end, b.end) === 0;

const bySize = (a: Range, b: Range): number =>
  a.end.line - a.start.line - (b.end.line - b.start.line) ||
  a.end.character - a.start.character - (b.end.character - b.start.character);

/** Names of objects stand in titles, which are one line. */
const printableTitle = (title: string): string => title.replaceAll(/\s+/g, ' ').slice(0, 300);
