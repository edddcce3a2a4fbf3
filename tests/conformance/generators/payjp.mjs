// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'payjp',
  by: 'none: documented scheme, a token',
  config: { secrets: ['whook_A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge.succeeded',
      id: 'evnt_54db4d63c7886256acdbc784ccf',
      body: '{"created":1767225600,"data":{"id":"ch_bcdc0d47bd9dd5b4a6a0e8d2d5e2f","object":"charge","amount":3500,"currency":"jpy","paid":true,"captured":true,"livemode":false},"id":"evnt_54db4d63c7886256acdbc784ccf","livemode":false,"object":"event","pending_webhooks":1,"type":"charge.succeeded"}',
    },
  ],
  sign(request, secret) {
    put(request, 'x-payjp-webhook-token', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'x-payjp-webhook-token') ?? '', secret);
  },
  signature: 'x-payjp-webhook-token',
  covers: [],
  oddBodies: false,
});
