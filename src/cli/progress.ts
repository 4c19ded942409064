import { milliseconds } from './clock.ts';
import type { Streams } from './stream.ts';

/** How long a run may take before it shows that it is alive. */
const patience = 500;
const width = 24;

/**
 * A progress bar on standard error: only on a terminal, only after half a second, at most ten times a second, and gone
 * when the work is done.
 */
export class Progress {
  private readonly streams: Streams;
  private readonly started = milliseconds();
  private shown = 0;
  private isShown = false;

  constructor(streams: Streams) {
    this.streams = streams;
  }

  readonly step = (what: string, done: number, all: number): void => {
    if (!this.streams.errIsTerminal) return;
    const now = milliseconds();
    if (now - this.started < patience || now - this.shown < 100) return;
    this.shown = now;
    this.isShown = true;
    const filled = Math.round((done / Math.max(1, all)) * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    this.streams.err(`\r${what.padEnd(8)} ${bar} ${done} of ${all}\u001b[K`);
  };

  /** Clears the line. */
  end(): void {
    if (this.isShown) this.streams.err('\r\u001b[K');
  }
}
