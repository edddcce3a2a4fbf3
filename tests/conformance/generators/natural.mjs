// packages: standardwebhooks@1.1.1
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'natural',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_2UMLtMXZgZUn3b595NE4GbhjNT2UCWPK'] },
  bodies: [
    {
      name: 'valid',
      type: 'wallet.created',
      id: 'evt_019cd3444a7a70efaf554fd8450d221a',
      headers: { 'webhook-id': 'evt_019cd3444a7a70efaf554fd8450d221a' },
      body: '{"id":"evt_019cd3444a7a70efaf554fd8450d221a","object":"event","type":"wallet.created","resourceId":"wal_019cd3444a7a70efaf554fd8450d334b","resourceType":"wallet","createdAt":"2026-01-01T00:00:00Z","data":{"object":{"partyId":"pty_019cd34e27bf78399b4e75b327d2ab25","tier":"standard","status":"active","displayName":"My Wallet","currency":"usd"}}}',
    },
    {
      name: 'valid-party-updated',
      type: 'party.updated',
      id: 'evt_019cd3444a7a70efaf554fd8450d221b',
      headers: { 'webhook-id': 'evt_019cd3444a7a70efaf554fd8450d221b' },
      body: '{"id":"evt_019cd3444a7a70efaf554fd8450d221b","object":"event","type":"party.updated","resourceId":"pty_019cd34e27bf78399b4e75b327d2ab25","resourceType":"party","createdAt":"2026-01-01T00:00:05Z","data":{"object":{"status":"active"}}}',
    },
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'evt_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
