import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { privilegedPod } from '../golden/program.ts';
import { Client } from '../language-client.ts';
import { programs } from './programs.ts';

describe('the language server as it is shipped', { timeout: 120_000 }, () => {
  for (const [name, program] of Object.entries(programs())) {
    test(`${name}: finds, mends and ends`, async (context) => {
      const client = await Client.start(context, { '.scantling.yaml': 'profile: all\n' }, {}, program);
      const uri = await client.open('pod.yaml', privilegedPod.replace('nginx', 'k8s.gcr.io/pause:3.9'));
      const found = (await client.diagnostics(uri)).filter(({ code }) => code === 'retired-image-registry');
      assert.equal(found.length, 1);
      const actions = await client.actions(uri, found[0]!.range, found);
      await client.choose(actions.find(({ isPreferred }) => isPreferred)!);
      assert.ok(client.text(uri).includes('registry.k8s.io/pause:3.9'));
      assert.equal(await client.end(), 0);
      assert.equal(client.errors, '');
    });
  }
});
