import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as send } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetPath } from './assets.ts';
import { startTethered, stopTethered } from './tethered-process.ts';

/** What the server answered: the HTTP status and the decoded JSON body. */
export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the server's answers have as many shapes as its kinds
  readonly body: any;
  /** The texts of the Warning headers. */
  readonly warnings: readonly string[];
}

export interface ApiServerOptions {
  /** More flags for kube-apiserver, such as `--feature-gates=...`. */
  readonly flags?: readonly string[];
  /** Bearer tokens beside `admin`: token -> user and groups. */
  readonly users?: Readonly<Record<string, { readonly user: string; readonly groups: readonly string[] }>>;
}

/** The files of running servers; what a run that is broken off leaves is removed at its exit. */
const directories = new Set<string>();
process.once('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A running kube-apiserver with its own etcd; both end, and their files go, with `stop`. */
export class ApiServer {
  readonly url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  readonly #processes: readonly ChildProcess[];
  readonly #directory: string;

  constructor(url: URL, processes: readonly ChildProcess[], directory: string) {
    this.url = url;
    this.#processes = processes;
    this.#directory = directory;
  }

  /** Sends one request as the owner of `token` (the administrator by default); never throws for an HTTP error status. */
  request(method: string, path: string, body?: unknown, token = 'admin'): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = send(
        new URL(path, this.url),
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${token}`,
            ...(text !== undefined && { 'content-type': 'application/json' }),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const answer = Buffer.concat(chunks).toString();
            resolve({
              status: incoming.statusCode ?? 0,
              body: answer.startsWith('{') ? JSON.parse(answer) : answer,
              warnings: warningsOf(incoming.rawHeaders),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  /** The certificate that the server made for itself and its key, as PEM: it is for 127.0.0.1. */
  certificate(): { readonly cert: string; readonly key: string } {
    const read = (name: string): string => readFileSync(join(this.#directory, 'certs', name), 'utf8');
    return { cert: read('apiserver.crt'), key: read('apiserver.key') };
  }

  /** Ends both processes and removes their files. */
  async stop(): Promise<void> {
    this.#agent.destroy();
    await Promise.all(this.#processes.map(stopTethered));
    await rm(this.#directory, { recursive: true, force: true });
    directories.delete(this.#directory);
  }
}

/**
 * Starts the kube-apiserver and etcd of `KUBEBUILDER_ASSETS` on free ports and waits until the server is ready
 * (about 4 s). Privileged pods are allowed and the ServiceAccount plugin is off, so that a bare pod is accepted.
 * Throws with the end of the server's log when it does not become ready.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  // A port found free may be taken before the server listens, by another run of these tests.
  for (let attempt = 1; ; attempt++) {
    const started = await tryToStart(options);
    if (started instanceof ApiServer) return started;
    if (attempt === 3) throw new Error(`kube-apiserver did not become ready:\n${started.slice(-4000)}`);
  }
}

/** A server that is ready, or the log of one that failed. */
async function tryToStart(options: ApiServerOptions): Promise<ApiServer | string> {
  const directory = await mkdtemp(join(tmpdir(), 'scantling-api-server-'));
  directories.add(directory);
  const [client, peer, secure] = await freePorts(3);
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  await writeFile(join(directory, 'sa.key'), key.export({ type: 'pkcs1', format: 'pem' }));
  const tokens = ['admin,admin,admin,"system:masters"'];
  for (const [token, { user, groups }] of Object.entries(options.users ?? {})) {
    tokens.push(`${token},${user},${user},"${groups.join(',')}"`);
  }
  await writeFile(join(directory, 'tokens.csv'), `${tokens.join('\n')}\n`);
  const etcd = `http://127.0.0.1:${client}`;
  const log: string[] = [];
  const processes = [
    start(log, 'etcd', [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
      '--log-level=error',
    ]),
    start(log, 'kube-apiserver', [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${secure}`,
      `--cert-dir=${join(directory, 'certs')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(directory, 'sa.key')}`,
      `--service-account-signing-key-file=${join(directory, 'sa.key')}`,
      '--authorization-mode=Node,RBAC',
      `--token-auth-file=${join(directory, 'tokens.csv')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--disable-admission-plugins=ServiceAccount',
      '--allow-privileged=true',
      ...(options.flags ?? []),
    ]),
  ];
  const server = new ApiServer(new URL(`https://127.0.0.1:${secure}`), processes, directory);
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline && processes.every((child) => child.exitCode === null)) {
    const ready = await server.request('GET', '/readyz').catch(() => undefined);
    if (ready?.status === 200 && (await defaultNamespaceExists(server))) return server;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await server.stop();
  return log.join('');
}

/** Node joins headers of one name by commas, which the texts hold too; so they are read raw. RFC 7234 section 5.5. */
function warningsOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders.flatMap((text, index) => {
    if (index % 2 === 0 || rawHeaders[index - 1]?.toLowerCase() !== 'warning') return [];
    const utf8 = Buffer.from(text, 'latin1').toString();
    return [utf8.replace(/^299 - "([^]*)"$/, '$1').replaceAll(/\\(.)/g, '$1')];
  });
}

/** The server makes the namespace a moment after it says that it is ready. */
async function defaultNamespaceExists(server: ApiServer): Promise<boolean> {
  return (await server.request('GET', '/api/v1/namespaces/default')).status === 200;
}

function start(log: string[], name: string, flags: readonly string[]): ChildProcess {
  const child = startTethered(assetPath(name), flags);
  child.stderr?.on('data', (chunk: Buffer) => {
    log.push(chunk.toString());
    if (log.length > 200) log.shift();
  });
  child.on('error', (error) => log.push(`${name}: ${error.message}\n`));
  return child;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
