import { readFileSync } from 'node:fs';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type CancellationToken,
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
import { completionsAt } from '../../loop/editing/completion.ts';
import { Editor, type EditorSettings } from '../../loop/editing/editor.ts';
import type { Notice } from '../../loop/editing/notice.ts';
import { isConfiguration, type OpenText } from '../../loop/editing/open-text.ts';
import { type ClientFeatures, featuresOf } from './client-features.ts';
import { codeActionsAt, fixAllKind, type JudgedDocument, resolved } from './code-actions.ts';
import { diagnosticOf, pathOf, uriOf } from './conversion.ts';
import { hoverAt } from './hovers.ts';
import { settingsFrom } from './settings.ts';

/** What a server of editors is started with. */
export interface ServerOptions {
  readonly catalogue: Catalogue;
  /** What the command line says; what the editor says wins over it. */
  readonly settings: EditorSettings;
  readonly version: string;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

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
  private features: ClientFeatures = featuresOf({});
  private watches = false;
  private watchesFolders = false;
  private folders: readonly string[] = [];
  private readonly editor: Editor;
  private isShutDown = false;

  constructor(options: ServerOptions) {
    this.options = options;
    this.connection = createConnection(options.input, options.output);
    this.editor = this.newEditor();
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
      this.guarded(() => {
        const own = (settings as { scantling?: unknown } | null)?.scantling;
        // Editors send what they have at the start, though it be nothing.
        if (own !== undefined && own !== null) this.configure(own);
      }),
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
    this.editor.open(this.folders);
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
    this.editor.configure({ ...this.options.settings, ...settings });
  }

  private newEditor(): Editor {
    const { catalogue, settings } = this.options;
    const { connection } = this;
    const log = (message: string): void => connection.console.error(message);
    return new Editor({
      catalogue,
      settings,
      folders: [],
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

  private async codeActions(params: CodeActionParams): Promise<CodeAction[]> {
    const asked = await this.judged(params.textDocument.uri);
    return asked === undefined ? [] : codeActionsAt(asked, params, this.options.catalogue, this.features);
  }

  private async resolve(action: CodeAction): Promise<CodeAction> {
    const { uri } = (action.data ?? {}) as { uri?: string };
    const asked = uri === undefined ? undefined : await this.judged(uri);
    return resolved(action, asked, this.options.catalogue, this.features);
  }

  private async hover(uri: string, range: Range): Promise<Hover | null> {
    const asked = await this.judged(uri);
    if (asked === undefined) return null;
    const { text } = asked.judged;
    const policies = {
      version: formatMinorVersion(this.editor.rulesFor(text).version),
      definitions: this.editor.definitionsFor(text),
    };
    return hoverAt(asked, range, policies, this.options.catalogue, this.features);
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
  private async judged(uri: string): Promise<JudgedDocument | undefined> {
    const judged = await this.editor.judged(uri);
    const document = this.documents.get(uri);
    // While this was waited for the text may have changed again.
    if (judged === undefined || document?.version !== judged.text.version) return undefined;
    return { judged, document };
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
