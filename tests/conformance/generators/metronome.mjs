// packages: @metronome/sdk@3.10.0
import { suite, hmac } from '../lib/cases.mjs';
import Metronome from '@metronome/sdk';

const client = new Metronome({ bearerToken: 'token' });

await suite({
  provider: 'metronome',
  by: '@metronome/sdk@3.10.0 Webhooks.unwrap',
  config: { secrets: ['0c5f3a2b1e904f7d9d7e5b1c9c1e7d1a4f7d9d7e'] },
  bodies: [
    {
      name: 'valid',
      type: 'alerts.spend_threshold_reached',
      id: '4fcc1b0e-2b5b-4e21-9c1f-1f0a2b3c4d5e',
      body: '{"id":"4fcc1b0e-2b5b-4e21-9c1f-1f0a2b3c4d5e","type":"alerts.spend_threshold_reached","properties":{"customer_id":"8deed800-1b7a-495d-a207-6c52bac54dc9","alert_id":"d3c1ae43-7f8b-4f0d-9f68-2f1fa9bb5fd8","timestamp":"2026-01-01T00:00:00.000Z","threshold":500,"alert_name":"Spend over 5 USD","triggered_by":"usage"}}',
    },
    {
      name: 'valid-contract-create',
      type: 'contract.create',
      id: '4fcc1b0e-2b5b-4e21-9c1f-1f0a2b3c4d5f',
      body: '{"id":"4fcc1b0e-2b5b-4e21-9c1f-1f0a2b3c4d5f","type":"contract.create","timestamp":"2026-01-01T00:00:00+00:00","contract_id":"26289bb6-94d8-4bb8-9f6b-9c1b1a2b3c4d","customer_id":"8deed800-1b7a-495d-a207-6c52bac54dc9"}',
    },
  ],
  sign(request, secret, now) {
    const date = new Date(now * 1000).toUTCString();
    request.headers['x-metronome-date'] = date;
    request.headers['metronome-webhook-signature'] = hmac('sha256', secret, `${date}\n${request.text}`);
  },
  accepts(request, secret) {
    client.webhooks.unwrap(request.text, request.headers, secret);
    return true;
  },
  timestamped: { tolerance_s: 300 },
});
