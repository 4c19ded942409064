/**
 * How large generated samples are and which: `SCANTLING_SCALE` multiplies the number of cases of every suite (default 1),
 * `SCANTLING_SEED` replaces the seed of every generator; `random` draws one and says which. Equal seeds and scales give equal cases.
 */
export const scale: number = positive('SCANTLING_SCALE') ?? 1;

/** The number of cases of a suite that has `usual` of them by default. */
export function sampleSize(usual: number): number {
  return Math.max(1, Math.round(usual * scale));
}

/** The seed of a generator. */
export const seed: number =
  process.env['SCANTLING_SEED'] === 'random' ? drawn() : (positive('SCANTLING_SEED') ?? 1);

function drawn(): number {
  const number = 1 + Math.floor(Math.random() * 2 ** 30);
  console.log(`SCANTLING_SEED=${number}`);
  return number;
}

function positive(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Error(`${name} is ${text}: it must be a number above 0`);
}
