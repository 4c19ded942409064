/** Bytes of input from which on its objects are so many that the engine's memory for new ones grows to its largest. */
export const largeInput = 100_000;

/**
 * Keeps the engine's memory for new objects as small as it is, for the rest of the process.
 *
 * The engine doubles it, twice over, whenever many new objects turn out to stay, as verdicts and large documents do; it ends
 * with 100 MB more than it needs. Kept small it costs no time: what stays is moved out sooner and copied less often.
 */
export function keepYoungGenerationSmall(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}
