// Preloaded by `node --require`: writes into the file SCANTLING_WATCH_LOG when a thread starts, answers, fails and ends.
'use strict';
const { appendFileSync } = require('node:fs');
const threads = require('node:worker_threads');

const note = (text) => appendFileSync(process.env.SCANTLING_WATCH_LOG, `${text}\n`);

if (threads.isMainThread) {
  const { Worker, receiveMessageOnPort } = threads;
  threads.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      note('started');
      this.on('error', (error) => note(`failed: ${error.stack}`));
      this.on('exit', (code) => note(`ended with ${code}`));
    }
  };
  threads.receiveMessageOnPort = (port) => {
    const message = receiveMessageOnPort(port);
    note(message === undefined ? 'silent' : 'answered');
    return message;
  };
}
