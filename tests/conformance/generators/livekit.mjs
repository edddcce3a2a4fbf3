// packages: livekit-server-sdk@2.19.2
import { createHash } from 'node:crypto';
import { suite, hmac } from '../lib/cases.mjs';
import { AccessToken, WebhookReceiver } from 'livekit-server-sdk';

const digest = (body) => createHash('sha256').update(body).digest('base64');
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const secret = 'sUOZjlzTwXWTsGYTMUDEIcNlmUOsKbKhGhCmRK1fLxF';
const key = 'APIrkxjPgUqV4hv';
// By hand, for tokens that the package does not make.
const token = (claims, algorithm = 'HS256') => {
  const head = `${part({ alg: algorithm, typ: 'JWT' })}.${part({ iss: key, nbf: 1767225600, exp: 1767225900, ...claims })}`;
  return `${head}.${algorithm === 'none' ? '' : Buffer.from(hmac('sha256', secret, head), 'hex').toString('base64url')}`;
};
const bearer = (claims, algorithm) => (request) =>
  void (request.headers.authorization = token({ sha256: digest(request.body), ...claims }, algorithm));
const room = { sid: 'RM_hycBMAjmt6Ub', name: 'Demo Room', emptyTimeout: 300, creationTime: '1767225590' };
const body = (name, event, id, more) => ({ name, type: event, id, body: JSON.stringify({ event, room, ...more, id, createdAt: '1767225600' }) });

await suite({
  provider: 'livekit',
  by: 'livekit-server-sdk@2.19.2 WebhookReceiver.receive',
  config: { secrets: [secret], api_key: key },
  headers: { 'content-type': 'application/webhook+json' },
  bodies: [
    body('valid', 'participant_joined', 'EV_eugWmGhovZmm', { participant: { sid: 'PA_g5Xw7tqCjDtB', identity: 'jane', state: 'ACTIVE', name: 'Jane' } }),
    body('valid-room', 'room_finished', 'EV_eugWmGhovZmn'),
  ],
  async sign(request, apiSecret, now, config) {
    const made = new AccessToken(config.api_key, apiSecret, { ttl: 300 });
    made.sha256 = digest(request.body);
    request.headers.authorization = await made.toJwt();
  },
  async accepts(request, apiSecret, now, config) {
    await new WebhookReceiver(config.api_key, apiSecret).receive(request.text, request.headers.authorization);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-api-key': bearer({ iss: 'APIother' }),
    'algorithm-none': bearer({}, 'none'),
    'hash-missing': bearer({ sha256: undefined }),
    'hash-of-another-body': bearer({ sha256: digest('{}') }),
    'no-expiry': bearer({ exp: undefined }),
  },
});
