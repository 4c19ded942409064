import assert from 'node:assert/strict';
import { Oracle, oracleTest } from './oracle.ts';

oracleTest('the oracle gives type, value and cost', async (oracle) => {
  const answer = await oracle.ask({
    expr: 'object.spec.replicas + 1',
    vars: { object: { spec: { replicas: 2 } } },
  });
  assert.deepEqual(answer, { type: 'int', value: 3, cost: 4 });
});

oracleTest('errors and compile errors differ', async (oracle) => {
  const failed = await oracle.ask({ expr: 'object.x == 1', vars: { object: {} } });
  assert.equal(failed.error, 'no such key: x');
  const refused = await oracle.ask({ expr: 'object.x', vars: { object: {} }, returns: 'bool' });
  assert.match(refused.issues ?? '', /must evaluate to bool/);
});

oracleTest('answers come in the order of the questions', async (oracle) => {
  const answers = await oracle.askAll(Array.from({ length: 3000 }, (_, i) => ({ expr: `${i} * 2` })));
  assert.deepEqual(
    answers.map((answer) => answer.value),
    Array.from({ length: 3000 }, (_, i) => i * 2),
  );
});

oracleTest('large integers keep every digit', async (oracle) => {
  const answer = await oracle.ask({ expr: '9223372036854775807' });
  assert.equal(answer.value, 9223372036854775807n);
});

oracleTest('a closed oracle rejects instead of hanging', async () => {
  const oracle = new Oracle();
  oracle.close();
  await assert.rejects(oracle.ask({ expr: '1' }), /closed|ended|write after end/);
});
