#!/usr/bin/env node
// kubectl asks a program of this name what to complete after `kubectl scantling`, and expects cobra's answer.
process.argv.splice(2, 0, '__complete');
await import('./scantling.js');
