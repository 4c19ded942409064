import { after, before, suite, test, type TestContext } from 'node:test';
import { type ApiServer, type ApiServerOptions, startApiServer } from './api-server.ts';
import { missingAssets, skippedTest } from './assets.ts';
import { scale } from './sample-size.ts';

export interface SuiteOptions extends ApiServerOptions {
  /** Runs once the server is ready, before the first test. */
  readonly prepare?: (server: ApiServer) => Promise<void>;
  /** Another reason why the tests cannot run here. */
  readonly skip?: string | undefined;
}

/** Registers a test of a suite; it gets the suite's server. */
export type ServerTest = (
  name: string,
  run: (server: ApiServer, context: TestContext) => Promise<void>,
) => void;

/**
 * Tests that share one real API server. It runs only while they do: hooks outside of a suite would start the servers of
 * all files at once, since they share one process. Where it cannot run, each test says so in one line.
 */
export function apiServerSuite(
  name: string,
  options: SuiteOptions,
  define: (test: ServerTest) => void,
): void {
  const reason = options.skip ?? missingAssets('kube-apiserver', 'etcd');
  if (reason !== undefined) {
    define((testName) => skippedTest(testName, reason));
    return;
  }
  suite(name, () => {
    let server: ApiServer | undefined;
    before(async () => {
      server = await startApiServer(options);
      await options.prepare?.(server);
    });
    after(() => server?.stop());
    define((testName, run) => {
      test(testName, { timeout: 900_000 * Math.max(1, scale) }, async (context) => {
        if (server === undefined) throw new Error('the server did not start');
        await run(server, context);
      });
    });
  });
}
