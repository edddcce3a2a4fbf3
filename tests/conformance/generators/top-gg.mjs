// packages: @top-gg/sdk@3.1.6
import { suite, put } from '../lib/cases.mjs';
import { Webhook } from '@top-gg/sdk';

await suite({
  provider: 'top-gg',
  by: '@top-gg/sdk@3.1.6 Webhook.listener',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'upvote',
      body: '{"bot":"264811613708746752","user":"140862798832861184","type":"upvote","isWeekend":false,"query":"?a=1"}',
    },
    { name: 'valid-test', type: 'test', body: '{"bot":"264811613708746752","user":"140862798832861184","type":"test","isWeekend":false}' },
  ],
  sign(request, secret) {
    put(request, 'authorization', secret);
  },
  // The package's answer to a refused request is a 403, after which its promise never settles.
  accepts(request, secret) {
    return new Promise((resolve) => {
      const response = { status: () => ({ json: () => resolve(false) }), sendStatus: (status) => resolve(status === 204) };
      new Webhook(secret).listener(() => {})({ headers: request.headers, body: request.json }, response);
    });
  },
  signature: 'authorization',
  covers: [],
  oddBodies: false,
});
