/** Bytes of resident memory below which nothing is done: what a scan takes before it reads anything is half of it. */
const COMFORTABLE = 180_000_000;
/** How much more there may be each time before memory is given back once more. */
const STEP = 32_000_000;
/** The same where much of what was held is not needed any more. */
const SMALL_STEP = 8_000_000;

/**
 * Gives memory back to the system while a dump is read. The engine keeps hundreds of megabytes for new objects where so
 * many are made, although next to none of them stay; it has a setting against that only for the start of a process.
 */
export class Garbage {
  private lowest = 0;
  private collect: ((options: object) => void) | undefined;

  /** To be called every megabyte or so, while nothing large is held, and with `isEnd` when a piece of work is done. */
  check(isEnd = false): void {
    const limit = this.lowest + (isEnd ? SMALL_STEP : STEP);
    if (process.memoryUsage.rss() < Math.max(COMFORTABLE, limit)) return;
    this.collect ??= exposed();
    this.collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    this.lowest = process.memoryUsage.rss();
  }
}

/** The engine's own function, which is there from the first context on that is made after the flag is set. */
function exposed(): (options: object) => void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc') as (options: object) => void;
}
