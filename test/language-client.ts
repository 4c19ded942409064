import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Registration,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentEdit,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { project } from './golden/program.ts';

/** The program of this checkout. */
const fromSource = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../bin/scantling.js', import.meta.url)),
];

/** What VS Code says of itself, as far as the server asks. */
const capabilities = {
  workspace: {
    workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceFolders: true,
  },
  textDocument: {
    publishDiagnostics: { versionSupport: true, relatedInformation: true, codeDescriptionSupport: true },
    codeAction: {
      disabledSupport: true,
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } },
    },
    hover: { contentFormat: ['markdown', 'plaintext'] },
  },
} as const;

/** What ends a client: a test, or all of a suite. */
export type Lifetime = { readonly after: (end: () => void) => void };

/** The client library of VS Code, talking to a server of its own over standard input and output. */
export class Client {
  readonly server: ChildProcessWithoutNullStreams;
  readonly connection: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly messages: string[] = [];
  readonly registered: Registration[] = [];
  /** What the server writes to standard error. */
  errors = '';
  readonly folder: string;
  private readonly documents = new Map<string, TextDocument>();
  private readonly waiting: { isIt: (one: PublishDiagnosticsParams) => boolean; done: () => void }[] = [];

  constructor(context: Lifetime, folder: string, program: readonly string[] = fromSource) {
    const [file, ...args] = program;
    this.folder = folder;
    this.server = spawn(file!, [...args, 'lsp', '--stdio']);
    context.after(() => this.server.kill());
    this.server.stderr.on('data', (bytes) => {
      this.errors += String(bytes);
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.server.stdout),
      new StreamMessageWriter(this.server.stdin),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (one: PublishDiagnosticsParams) => {
      this.published.push(one);
      for (const waiter of this.waiting.splice(0)) {
        if (waiter.isIt(one)) waiter.done();
        else this.waiting.push(waiter);
      }
    });
    this.connection.onNotification(
      'window/showMessage',
      ({ message }: { message: string }) => void this.messages.push(message),
    );
    this.connection.onNotification(
      'window/logMessage',
      ({ message }: { message: string }) => void this.messages.push(message),
    );
    this.connection.onRequest(
      'client/registerCapability',
      ({ registrations }: { registrations: Registration[] }) => void this.registered.push(...registrations),
    );
    this.connection.listen();
  }

  static async start(
    context: Lifetime,
    files: Readonly<Record<string, string>> = {},
    over: Partial<InitializeParams> = {},
    program: readonly string[] = fromSource,
  ): Promise<Client> {
    const client = new Client(context, project(context as TestContext, files), program);
    await client.initialize(over);
    return client;
  }

  async initialize(over: Partial<InitializeParams> = {}): Promise<InitializeResult> {
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
      workspaceFolders: [{ uri: pathToFileURL(this.folder).href, name: 'here' }],
      ...over,
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  async open(name: string, text: string, languageId = 'yaml'): Promise<string> {
    const uri = this.uri(name);
    this.documents.set(uri, TextDocument.create(uri, languageId, 1, text));
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
    return uri;
  }

  /** Sends changes as an editor does and keeps its own copy. */
  async change(
    uri: string,
    contentChanges: readonly { range?: Diagnostic['range']; text: string }[],
  ): Promise<number> {
    const document = this.documents.get(uri)!;
    const version = document.version + 1;
    this.documents.set(uri, TextDocument.update(document, contentChanges as never, version));
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
    return version;
  }

  text(uri: string): string {
    return this.documents.get(uri)!.getText();
  }

  /** The diagnostics of a text in a version, as soon as they are there. */
  async diagnostics(
    uri: string,
    version = 1,
    isIt: (one: PublishDiagnosticsParams) => boolean = () => true,
  ): Promise<Diagnostic[]> {
    const fits = (one: PublishDiagnosticsParams): boolean =>
      one.uri === uri && one.version === version && isIt(one);
    const found = this.published.findLast(fits);
    if (found !== undefined && this.published.findLast((one) => one.uri === uri) === found)
      return found.diagnostics;
    await new Promise<void>((done) => this.waiting.push({ isIt: fits, done }));
    return this.published.findLast(fits)!.diagnostics;
  }

  actions(
    uri: string,
    range: Diagnostic['range'],
    diagnostics: readonly Diagnostic[] = [],
    only?: readonly string[],
  ): Promise<CodeAction[]> {
    return this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics, ...(only && { only }) },
    });
  }

  /** Does what an editor does when an action is chosen, and returns the text's next version. */
  async choose(action: CodeAction): Promise<number> {
    const { edit } =
      action.edit === undefined
        ? await this.connection.sendRequest<CodeAction>('codeAction/resolve', action)
        : action;
    const [change] = edit!.documentChanges as TextDocumentEdit[];
    const { uri, version } = change!.textDocument;
    const document = this.documents.get(uri)!;
    assert.equal(version, document.version);
    return this.change(uri, [{ text: TextDocument.applyEdits(document, change!.edits as never) }]);
  }

  async end(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    return this.exitCode();
  }

  async exitCode(): Promise<number | null> {
    if (this.server.exitCode === null) await once(this.server, 'exit');
    return this.server.exitCode;
  }
}
