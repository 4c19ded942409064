import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openBrowser } from './chromium.ts';

/** How long a page may take to answer, in milliseconds. */
const patience = 60_000;

/** A page to be opened: what it loads and what it may do. */
export interface Page {
  /** The folder with `library` and `browser` of a build; `/examples` is served from the project. */
  readonly built: string;
  /** The module that the page runs; it answers with `POST /answer`. */
  readonly script: string;
  /** Whether its policy allows code that is made from text. */
  readonly allowsEval: boolean;
  /** What the page gets at `/questions`. */
  readonly questions: unknown;
}

/** Opens the page in a Chromium and resolves with what it answered. Rejects where it does not answer in time. */
export async function answerOf<T>(program: string, page: Page): Promise<T> {
  let answer: (body: string) => void = () => {};
  const answered = new Promise<string>((resolve) => (answer = resolve));
  const server = createServer((request, response) => void serve(page, request, response, answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = openBrowser(program, `http://127.0.0.1:${port}/`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const say = () => reject(new Error(`the page did not answer; Chromium said:\n${browser.complaints()}`));
    timer = setTimeout(say, patience);
  });
  try {
    return JSON.parse(await Promise.race([answered, late])) as T;
  } finally {
    clearTimeout(timer);
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

const modules: Readonly<Record<string, string>> = {
  'scantling/cel': '/library/cel.js',
  'scantling/cel/kubernetes': '/library/cel-kubernetes.js',
  'scantling/policy': '/library/policy.js',
  'scantling/yaml': '/library/yaml.js',
};

async function serve(
  page: Page,
  request: IncomingMessage,
  response: ServerResponse,
  answer: (body: string) => void,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://page');
  if (request.method === 'POST') {
    let body = '';
    for await (const data of request) body += String(data);
    response.end();
    answer(body);
    return;
  }
  const script = 'text/javascript; charset=utf-8';
  if (pathname === '/') {
    const nonce = randomUUID();
    const evals = page.allowsEval ? " 'unsafe-eval'" : '';
    const policy = `default-src 'none'; connect-src 'self'; script-src 'self' 'nonce-${nonce}'${evals}`;
    const imports = `<script type="importmap" nonce="${nonce}">${JSON.stringify({ imports: modules })}</script>`;
    const html = `<!doctype html><title>scantling</title>${imports}<script type="module" src="/page.js"></script>`;
    send(response, 'text/html; charset=utf-8', html, { 'content-security-policy': policy });
  } else if (pathname === '/page.js') send(response, script, page.script);
  else if (pathname === '/questions') send(response, 'application/json', JSON.stringify(page.questions));
  else if (/^\/(?:library|browser)\/[\w-]+\.js$/.test(pathname)) {
    send(response, script, readFileSync(path.join(page.built, pathname)));
  } else if (/^\/examples\/library\/[\w-]+\.js$/.test(pathname)) {
    send(response, script, readFileSync(path.join(import.meta.dirname, '../..', pathname)));
  } else {
    response.statusCode = 404;
    response.end();
  }
}

function send(response: ServerResponse, type: string, body: string | Buffer, headers = {}): void {
  response.writeHead(200, { 'content-type': type, ...headers });
  response.end(body);
}
