// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'enode',
  by: 'none: documented scheme, sha1= and HMAC-SHA1 of the body in hex',
  config: { secrets: ['0v2bVrqL3mJt8Hg2Fd5Ra0Ee4Ui7Oo1Pq9Zx3Cv6Bn8'] },
  bodies: [
    {
      name: 'valid',
      type: 'user:vehicle:updated',
      headers: { 'x-enode-delivery': '7f3b1c2e-1a0e-4a7e-9b93-3d0f2a6c5e17' },
      body: '[{"event":"user:vehicle:updated","createdAt":"2026-01-01T00:00:00.417Z","version":"2024-10-01","user":{"id":"0bec82e0-0d54-4f2f-83b1-5b248604de0b"},"vehicle":{"id":"8d90101b-3f2f-462a-bbb4-1ed320d33bbe","userId":"0bec82e0-0d54-4f2f-83b1-5b248604de0b","vendor":"TESLA","isReachable":true,"chargeState":{"batteryLevel":66,"range":228,"isCharging":true,"powerDeliveryState":"PLUGGED_IN:CHARGING"}},"updatedFields":["chargeState.batteryLevel"]}]',
    },
    {
      name: 'valid-two',
      type: 'user:vendor:disconnected',
      headers: { 'x-enode-delivery': '7f3b1c2e-1a0e-4a7e-9b93-3d0f2a6c5e17' },
      body: '[{"event":"user:vendor:disconnected","createdAt":"2026-01-01T00:00:00.417Z","version":"2024-10-01","user":{"id":"0bec82e0-0d54-4f2f-83b1-5b248604de0b"},"vendor":"TESLA"},{"event":"user:vehicle:deleted","createdAt":"2026-01-01T00:00:00.417Z","version":"2024-10-01","user":{"id":"0bec82e0-0d54-4f2f-83b1-5b248604de0b"},"vehicle":{"id":"8d90101b-3f2f-462a-bbb4-1ed320d33bbe"}}]',
    },
  ],
  sign(request, secret) {
    request.headers['x-enode-signature'] = `sha1=${hmac('sha1', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-enode-signature'], `sha1=${hmac('sha1', secret, request.body)}`),
  extra: [{ case: 'valid-empty-batch', expect: 'accept', sign: true, body: '[]' }],
});
