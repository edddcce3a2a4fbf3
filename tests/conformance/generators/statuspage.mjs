// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { query: 'token' };
const secret = 'b7e1c94f0a2d4638b7e1c94f';
const url = 'https://hooks.example.com/in/statuspage';
const body = '{"meta":{"unsubscribe":"http://statustest.flyingkleinbrothers.com:5000/?unsubscribe=j0vqr9kl3513","documentation":"https://help.statuspage.io"},"page":{"id":"j2mfxwj97wnj","status_indicator":"major","status_description":"Partial System Outage"},"incident":{"backfilled":false,"created_at":"2026-01-01T00:00:00Z","impact":"major","name":"Checkout is slow","resolved_at":null,"status":"investigating","updated_at":"2026-01-01T00:00:00Z","id":"lbkhbwn21v5q","incident_updates":[{"body":"We are investigating.","created_at":"2026-01-01T00:00:00Z","status":"investigating","id":"drfcwbnpxnr6","incident_id":"lbkhbwn21v5q"}]}}';
const headers = { 'content-type': 'application/json' };

await suite({
  provider: 'statuspage',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url },
  headers,
  bodies: [
    { name: 'valid', type: 'incident.investigating', id: 'lbkhbwn21v5q:drfcwbnpxnr6:2026-01-01T00:00:00Z', body },
    { name: 'valid-component', type: 'component_update', id: 'k7730b5v92bv', body: '{"meta":{"generated_at":"2026-01-01T00:00:05Z"},"page":{"id":"j2mfxwj97wnj","status_indicator":"critical","status_description":"Major System Outage"},"component_update":{"created_at":"2026-01-01T00:00:05Z","new_status":"major_outage","old_status":"operational","id":"k7730b5v92bv","component_id":"rb5wq1dczvbm"},"component":{"id":"rb5wq1dczvbm","name":"Some Component","status":"major_outage"}}' },
  ],
  sign(request, key) {
    put(request, at, key);
  },
  accepts: (request, key) => same(read(request, at) ?? '', key),
  signature: at,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'token-twice', expect: 'reject', url: `${url}?token=x&token=${secret}`, headers, body },
    { case: 'token-in-a-header', expect: 'reject', headers: { ...headers, token: secret }, body },
  ],
});
