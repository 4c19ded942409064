// Preloaded by `node --require`: whoever reaches for the network is written into the file SCANTLING_NETWORK_LOG, which
// shows it even where the error is caught, and gets an error.
'use strict';
const { appendFileSync } = require('node:fs');

const log = process.env.SCANTLING_NETWORK_LOG;

function refuse(object, name, called) {
  if (typeof object[name] !== 'function') return;
  object[name] = function refused() {
    appendFileSync(log, `${called}\n`);
    throw new Error(`${called} was called, and there is no network`);
  };
}

const entries = {
  net: ['connect', 'createConnection', 'createServer'],
  tls: ['connect', 'createServer'],
  http: ['request', 'get', 'createServer'],
  https: ['request', 'get', 'createServer'],
  http2: ['connect', 'createServer', 'createSecureServer'],
  dgram: ['createSocket'],
  dns: ['lookup', 'resolve', 'resolve4', 'resolve6', 'reverse'],
  'dns/promises': ['lookup', 'resolve', 'resolve4', 'resolve6', 'reverse'],
};
for (const [module, names] of Object.entries(entries)) {
  for (const name of names) refuse(require(`node:${module}`), name, `${module}.${name}`);
}
refuse(require('node:net').Socket.prototype, 'connect', 'net.Socket.connect');
for (const name of ['fetch', 'WebSocket', 'EventSource']) {
  Object.defineProperty(globalThis, name, {
    value: () => {
      appendFileSync(log, `${name}\n`);
      throw new Error(`${name} was called, and there is no network`);
    },
  });
}
