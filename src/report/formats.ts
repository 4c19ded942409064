import { github } from './github.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';
import { yaml } from './yaml.ts';

/** Every output format by the name that `-o` takes. */
export const formats = { text, json, yaml, sarif, junit, github } as const satisfies Record<string, Reporter>;

/** The name of a format, as `-o` takes it. */
export type Format = keyof typeof formats;
