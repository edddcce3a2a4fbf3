// packages: atlassian-jwt@2.0.3
import { suite } from '../lib/cases.mjs';
import jwt from 'atlassian-jwt';

const clientKey = '11108fe0-fc0b-3a3e-a1ad-b1cb9a2b6a1c';
const issue = (webhookEvent, timestamp) => JSON.stringify({
  timestamp,
  webhookEvent,
  user: { accountId: '5b10a2844c20165700ede21g', displayName: 'Mia Krystof' },
  issue: { id: '10002', key: 'ED-1', fields: { summary: 'I feel the need for speed' } },
});
const body = (name, type, id) => ({ name, type, id, body: issue(type, 1767225600000), headers: { 'x-atlassian-webhook-identifier': id } });
const claims = (request, now) => ({
  iss: clientKey,
  iat: now,
  exp: now + 180,
  qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl(request.method, request.url)),
});
const forged = (change, algorithm = 'HS256', secret = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0') => (request) => {
  request.headers.authorization = `JWT ${jwt.encodeSymmetric({ ...claims(request, 1767225600), ...change }, secret, algorithm)}`;
};

await suite({
  provider: 'atlassian-connect',
  by: 'atlassian-jwt@2.0.3 decodeSymmetric',
  config: { secrets: ['a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0'] },
  bodies: [
    body('valid', 'jira:issue_updated', '3f1c9f6e-5f1b-4a3d-9b7e-1c2d3e4f5a6b'),
    body('valid-created', 'jira:issue_created', '3f1c9f6e-5f1b-4a3d-9b7e-1c2d3e4f5a6c'),
  ],
  sign(request, secret, now) {
    request.headers.authorization = `JWT ${jwt.encodeSymmetric(claims(request, now), secret)}`;
  },
  // The times and the presence of qsh are what atlassian-connect-express checks on top.
  accepts(request, secret, now) {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'JWT') return false;
    const { exp, qsh } = jwt.decodeSymmetric(token, secret, 'HS256');
    return exp > now && Boolean(qsh);
  },
  covers: [], // the token does not bind the body
  oddBodies: false,
  timestamped: { tolerance_s: 180 },
  lenient: ['future-timestamp'], // it never looks at the time of issue
  forge: {
    'another-algorithm': forged({}, 'HS512'),
    'no-algorithm': (request) => {
      const [, payload] = request.headers.authorization.slice(4).split('.');
      request.headers.authorization = `JWT ${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
    },
    'no-expiry': forged({ exp: undefined }),
    'no-query-hash': forged({ qsh: undefined }),
    'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('JWT ', 'Bearer ')),
  },
});
