#!/usr/bin/env node
// A plug-in of kubectl: `kubectl scantling ...` starts the program of this name. The program sees how it was called.
await import('./scantling.js');
