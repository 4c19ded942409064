#!/usr/bin/env node
import * as module from 'node:module';

// Compiled code is kept between runs; Node 20 does not have this yet.
module.enableCompileCache?.();
const { main } = await import('./cli/main.ts');
const { processStreams } = await import('./cli/stream.ts');
process.exitCode = await main(process.argv.slice(2), processStreams());
