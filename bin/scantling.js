#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A clone runs its source, which is never out of date; an installed package has none and runs the bundle.
const source = new URL('../src/bin.ts', import.meta.url);
await import(existsSync(source) ? source.href : '../dist/cli.js');
