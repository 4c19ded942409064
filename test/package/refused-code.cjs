// Preloaded by `node --require`: writes into the file SCANTLING_WATCH_LOG of each script that is compiled whether V8 took
// the code from before, where there was some.
'use strict';
const { appendFileSync } = require('node:fs');
const vm = require('node:vm');

vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    const codes = { undefined: 'compiled anew', false: 'taken', true: 'refused' };
    const taken = codes[this.cachedDataRejected];
    appendFileSync(process.env.SCANTLING_WATCH_LOG, `${options.filename} ${taken}\n`);
  }
};
