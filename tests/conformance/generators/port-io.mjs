// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const run = (action) => JSON.stringify({ action, resourceType: 'run', status: 'TRIGGERED', trigger: { by: { userId: 'auth0|638879fa62c686d381b36ecb' }, origin: 'UI', at: '2026-01-01T00:00:00.000Z' }, context: { entity: null, blueprint: 'vm', runId: 'r_QOz6WoOB1Q2lmhZZ' }, payload: { properties: { title: 'Größe' } } });
const expected = (request, secret) => `v1,${hmac('sha256', secret, `${request.headers['x-port-timestamp']}.${request.text}`, 'base64')}`;

await suite({
  provider: 'port-io',
  by: 'none: documented scheme, base64 of HMAC of time, a dot and the body, with v1 and a comma',
  config: { secrets: ['LG0KPxqje6ergzTbnSOBBGkwIdlc2o3rYk8Vd5Wn1Ts7Qa4Zf9Hc2Jm6Xp3Bu0Re'] },
  bodies: [{ name: 'valid', type: 'run.create_vm', body: run('create_vm') }, { name: 'valid-entity', type: 'entity.CREATE', body: '{"action":"CREATE","resourceType":"entity","status":"SUCCESS","trigger":{"at":"2026-01-01T00:00:00.000Z"},"context":{"blueprint":"vm","entity":"vm-1"},"diff":{"before":null,"after":{"identifier":"vm-1"}}}' }],
  sign(request, secret, now) {
    request.headers['x-port-timestamp'] = String(now);
    request.headers['x-port-signature'] = expected(request, secret);
  },
  accepts: (request, secret, now) => Math.abs(now - Number(request.headers['x-port-timestamp'])) <= 300 && same(request.headers['x-port-signature'] ?? '', expected(request, secret)),
  signature: 'x-port-signature',
  timestamped: { tolerance_s: 300 },
});
