/** Something that was built: its size in bytes and the largest it may have. */
export interface Built {
  readonly name: string;
  readonly size: number;
  /** A change that needs more raises it and says why in its commit. */
  readonly budget?: number;
}

/** Prints sizes beside their budgets; the exit code is 1 where one is exceeded. */
export function reportSizes(built: readonly Built[]): void {
  for (const { name, size, budget } of built) {
    const limit = budget === undefined ? '' : ` of ${budget / 1000}`;
    const over = size > (budget ?? Infinity) ? '  OVER BUDGET' : '';
    process.stdout.write(`${name.padEnd(54)} ${(size / 1000).toFixed(1).padStart(7)} kB${limit}${over}\n`);
    if (over !== '') process.exitCode = 1;
  }
}
