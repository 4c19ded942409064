#!/usr/bin/env node
import * as module from 'node:module';

// Compiled code is kept between runs; Node 20 does not have this yet.
module.enableCompileCache?.();
const { runProcess } = await import('./cli/process.ts');
await runProcess();
