import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';

/**
 * A validating webhook that allows everything and keeps the AdmissionReviews it is sent, as the server wrote them: what a
 * webhook sees is what policies have seen just before.
 */
export class ReviewRecorder {
  readonly #server: Server;
  #received: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts the webhook and registers it for all requests on objects of namespaces with the label. */
  static async start(
    api: ApiServer,
    namespaceLabels: Readonly<Record<string, string>>,
  ): Promise<ReviewRecorder> {
    const { cert, key } = api.certificate();
    const server = createServer({ cert, key });
    const recorder = new ReviewRecorder(server);
    server.on('request', (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        recorder.#received.push(text);
        const { apiVersion, kind, request } = JSON.parse(text) as JsonObject & { request: { uid: string } };
        outgoing.setHeader('content-type', 'application/json');
        outgoing.end(JSON.stringify({ apiVersion, kind, response: { uid: request.uid, allowed: true } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] };
    const group = 'admissionregistration.k8s.io/v1';
    const answer = await api.request('POST', `/apis/${group}/validatingwebhookconfigurations`, {
      apiVersion: group,
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'recorder' },
      webhooks: [
        {
          name: 'recorder.test.scantling.dev',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          matchPolicy: 'Exact',
          clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(cert).toString('base64') },
          namespaceSelector: { matchLabels: namespaceLabels },
          rules: [everything],
        },
      ],
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return recorder;
  }

  /** The reviews received since this was last asked, in order. */
  take(): string[] {
    const received = this.#received;
    this.#received = [];
    return received;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
