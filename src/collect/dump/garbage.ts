/** Bytes of resident memory below which nothing is done: what a scan takes before it reads anything is half of it. */
const COMFORTABLE = 180_000_000;
/** How much more there may be each time before memory is given back once more. */
const STEP = 32_000_000;

/**
 * Gives memory back to the system while a dump is read. The engine keeps hundreds of megabytes for new objects where so
 * many are made, although next to none of them stay; it has a setting against that only for the start of a process.
 */
export class Garbage {
  private limit = COMFORTABLE;
  private collect: ((options: object) => void) | undefined;

  /** To be called every megabyte or so, while nothing large is held. */
  check(): void {
    if (process.memoryUsage.rss() < this.limit) return;
    this.collect ??= exposed();
    this.collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    this.limit = Math.max(COMFORTABLE, process.memoryUsage.rss() + STEP);
  }
}

/** The engine's own function, which is there from the first context on that is made after the flag is set. */
function exposed(): (options: object) => void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc') as (options: object) => void;
}
