/** Says whether whoever asked for some work still wants it. */
export interface Interest {
  readonly isGone: boolean;
}

/** Milliseconds of work after which others get their turn: half of what a person feels. */
const longestSlice = 15;

/**
 * Cuts long work into slices, between which everything else that a process has to do goes on.
 *
 *     for (const part of parts) {
 *       if (await pace.isOver()) return undefined;
 *       work(part);
 *     }
 */
export class Pace {
  private readonly interest: Interest;
  private started = performance.now();

  constructor(interest: Interest) {
    this.interest = interest;
  }

  /** To be asked often: steps aside when the slice has lasted long enough; true where nobody wants the work any more. */
  async isOver(): Promise<boolean> {
    if (performance.now() - this.started >= longestSlice) {
      // Not a promise: those would be served before what has come in meanwhile.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.started = performance.now();
    }
    return this.interest.isGone;
  }
}
