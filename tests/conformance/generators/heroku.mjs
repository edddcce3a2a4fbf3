// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'heroku',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'api:release:create',
      id: '01fc3f30-4b5a-4f7b-9d5a-7c8b9a0d1e2f',
      body: '{"id":"01fc3f30-4b5a-4f7b-9d5a-7c8b9a0d1e2f","data":{"id":"a5b2c7d8-1f2e-4d3c-8b9a-0c1d2e3f4a5b","app":{"id":"b2f3e4d5-6c7b-4a89-9d0e-1f2a3b4c5d6e","name":"example"},"status":"succeeded","current":true,"version":42,"description":"Deploy 9f8e7d6c"},"actor":{"id":"c1d2e3f4-a5b6-4c7d-8e9f-0a1b2c3d4e5f","email":"jane@example.com"},"action":"create","version":"application/vnd.heroku+json; version=3","resource":"release","sequence":null,"created_at":"2026-01-01T00:00:00.000000Z","updated_at":"2026-01-01T00:00:00.000000Z","published_at":"2026-01-01T00:00:01Z","previous_data":{},"webhook_metadata":{"attempt":{"id":"d0e1f2a3-b4c5-4d6e-9f7a-8b9c0d1e2f3a"},"delivery":{"id":"e1f2a3b4-c5d6-4e7f-8a9b-0c1d2e3f4a5b"},"event":{"id":"01fc3f30-4b5a-4f7b-9d5a-7c8b9a0d1e2f","include":"api:release"},"webhook":{"id":"f2a3b4c5-d6e7-4f8a-9b0c-1d2e3f4a5b6c"}}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['heroku-webhook-hmac-sha256'] = hmac('sha256', secret, request.body, 'base64')),
  accepts: (request, secret) => same(request.headers['heroku-webhook-hmac-sha256'], hmac('sha256', secret, request.body, 'base64')),
});
