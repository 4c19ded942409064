import { median } from './process.ts';

/** Nanoseconds that this thread has computed; the load of the machine does not count. Steps of milliseconds. */
export function computed(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1000;
}

export interface Timing {
  /** Median nanoseconds of CPU time for one object. */
  readonly ns: number;
  /** What one pass counted, by which the engines can be compared. */
  readonly count: number;
}

const runs = 7;

/** Times passes over the objects, the engines taking turns, after `warming` passes of each. */
export function interleaved<T>(
  engines: readonly ((object: T) => number)[],
  objects: readonly T[],
  warming = 20,
): Timing[] {
  const pass = (engine: (object: T) => number): number =>
    objects.reduce((sum, object) => sum + engine(object), 0);
  for (let run = 0; run < warming; run++) engines.forEach(pass);
  // CPU time comes in steps of some milliseconds, so a sample takes many of them.
  const repetitions = engines.map((engine) => {
    for (let passes = 1; ; passes *= 2) {
      const start = computed();
      for (let i = 0; i < passes; i++) pass(engine);
      const spent = computed() - start;
      if (spent > 40e6) return Math.ceil((passes * 80e6) / spent);
    }
  });
  const counts = engines.map(pass);
  const samples: number[][] = engines.map(() => []);
  for (let run = 0; run < runs; run++) {
    engines.forEach((engine, i) => {
      const start = computed();
      for (let repetition = 0; repetition < repetitions[i]!; repetition++) pass(engine);
      samples[i]!.push((computed() - start) / objects.length / repetitions[i]!);
    });
  }
  return samples.map((times, i) => ({ ns: median(times), count: counts[i]! }));
}

/** The geometric mean. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
