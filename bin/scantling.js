#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A clone runs its source, which is never out of date; an installed package has none and runs the bundle.
const source = new URL('../src/bin.ts', import.meta.url);
const isClone = existsSync(source);
if (isClone && !process.features.typescript) {
  process.stderr.write(
    `error: a clone runs TypeScript, which Node ${process.versions.node} does not: call it as "npx .", which has its own Node, or use Node 22.18 or newer\n`,
  );
  process.exitCode = 2;
} else await import(isClone ? source.href : '../dist/cli.js');
