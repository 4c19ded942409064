import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A Chromium to test in: the one `CHROMIUM` names, the one that npm brought (Linux x64 only), or the machine's own.
 * Undefined where there is none.
 */
export async function findChromium(): Promise<string | undefined> {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  if (process.platform === 'linux' && process.arch === 'x64') {
    const { default: chromium } = await import('@sparticuz/chromium');
    return chromium.executablePath();
  }
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return known.find((file) => existsSync(file));
}

/** A headless Chromium that shows one page; `close` ends it and removes what it wrote. */
export interface Browser {
  /** What it wrote to standard error, for a failure. */
  readonly complaints: () => string;
  readonly close: () => Promise<void>;
}

/** Opens a page in a Chromium of its own, without a sandbox since tests may run as root in a container. */
export function openBrowser(program: string, url: string): Browser {
  const profile = mkdtempSync(path.join(tmpdir(), 'scantling-chromium-'));
  const switches = [
    '--headless',
    '--no-sandbox',
    '--no-zygote',
    '--single-process',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    `--user-data-dir=${profile}`,
  ];
  const child = spawn(program, [...switches, url], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', (problem) => {
      complaints += problem.message;
      resolve();
    });
  });
  return {
    complaints: () => complaints,
    close: async () => {
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
