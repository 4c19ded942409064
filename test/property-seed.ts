/**
 * Gives every property test one seed, so that a run can be repeated and a failure in CI is one that everybody has.
 * `SCANTLING_SEED` is for exploring: any number, or `random`. The seed is printed with every failure.
 */
import fc from 'fast-check';

const wanted = process.env['SCANTLING_SEED'] ?? '1';

if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
