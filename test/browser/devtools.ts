import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** How long the browser may take to answer one question, in milliseconds. */
const patience = 60_000;

/** What Chromium tells by itself: `Network.requestWillBeSent` and its parameters. */
export interface DevtoolsEvent {
  readonly method: string;
  // What a method's parameters are is said by the protocol alone.
  readonly params: any;
}

/**
 * A tab of a headless Chromium, driven over a pair of pipes, which needs no port.
 * Source: chromedevtools.github.io/devtools-protocol; `--remote-debugging-pipe` reads file 3 and writes file 4, messages
 * end with a zero byte.
 */
export class Tab {
  readonly events: DevtoolsEvent[] = [];
  private readonly child: ReturnType<typeof spawn>;
  private readonly profile: string;
  private readonly waiting = new Map<number, (message: any) => void>();
  private session: string | undefined;
  private last = 0;
  private complaints = '';
  private unread = '';

  private constructor(program: string) {
    this.profile = mkdtempSync(path.join(tmpdir(), 'scantling-chromium-'));
    const switches = [
      '--headless',
      '--no-sandbox',
      '--no-zygote',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--hide-scrollbars',
      '--remote-debugging-pipe',
      `--user-data-dir=${this.profile}`,
    ];
    this.child = spawn(program, switches, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
    this.child.stderr!.on('data', (data: Buffer) => (this.complaints += data.toString()));
    (this.child.stdio[4] as Readable).setEncoding('utf8').on('data', (data: string) => this.read(data));
  }

  /** Starts a Chromium and listens to what its tab loads, logs and complains of. */
  static async open(program: string): Promise<Tab> {
    const tab = new Tab(program);
    const { targetId } = await tab.ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await tab.ask('Target.attachToTarget', { targetId, flatten: true });
    tab.session = sessionId as string;
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await tab.ask(`${domain}.enable`, {});
    return tab;
  }

  /** Calls a method of the protocol; what the protocol answers has no type here. */
  async ask(method: string, params: object): Promise<any> {
    const id = ++this.last;
    const answered = new Promise<any>((resolve) => this.waiting.set(id, resolve));
    const message = { id, method, params, sessionId: this.session };
    (this.child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const say = (): void => reject(new Error(`${method} was not answered:\n${this.complaints}`));
      timer = setTimeout(say, patience);
    });
    const answer = await Promise.race([answered, late]).finally(() => clearTimeout(timer));
    if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  }

  /** Shows a page and waits until it is loaded. */
  async show(url: string): Promise<void> {
    const before = this.events.length;
    await this.ask('Page.navigate', { url });
    const end = Date.now() + patience;
    while (!this.events.slice(before).some(({ method }) => method === 'Page.loadEventFired')) {
      if (Date.now() > end) throw new Error(`${url} is not loaded:\n${this.complaints}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The value of an expression in the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { exceptionDetails, result } = await this.ask('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    }
    return result.value as T;
  }

  /** Presses keys one after the other, by their names: `Tab`, `Enter`, `a`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const known = codes[key];
      const text = known === undefined ? key : known.text;
      const event = { key, code: key, windowsVirtualKeyCode: known?.code ?? 0, text };
      await this.ask('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await this.ask('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    }
  }

  /** What is seen of the page, as a PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.ask('Page.captureScreenshot', {});
    return Buffer.from(data as string, 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.child.on('exit', () => resolve()));
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private read(data: string): void {
    const parts = (this.unread + data).split('\0');
    this.unread = parts.pop()!;
    for (const part of parts) {
      const message = JSON.parse(part);
      if (message.id === undefined) this.events.push(message);
      else this.waiting.get(message.id)?.(message);
    }
  }
}

const codes: Readonly<Record<string, { readonly code: number; readonly text?: string }>> = {
  Tab: { code: 9 },
  Enter: { code: 13, text: '\r' },
  ' ': { code: 32, text: ' ' },
  Escape: { code: 27 },
};
