// packages: jose@6.2.18
import { tokens } from '../lib/token.mjs';
import * as jose from 'jose';

const [subject, scope] = [['orders', 'sender'], ['webhooks:write', 'webhooks:read']];

await tokens(jose, 'jose@6.2.18 jwtVerify', {
  provider: 'generic-oidc',
  config: { issuer: 'https://idp.example.com', audience: 'hookferry', subject, scope },
  claims: { sub: 'sender', scope: 'openid webhooks:read webhooks:write' },
  // Who, and what they may.
  may: (claims) => subject.includes(claims.sub) && scope.every((one) => String(claims.scope).split(' ').includes(one)),
  forge: {
    'another-subject': { sub: 'somebody' },
    'no-subject': { sub: undefined },
    'half-the-scope': { scope: 'webhooks:write' },
    'a-longer-scope': { scope: 'webhooks:write2 webhooks:read' },
    'no-scope': { scope: undefined },
  },
});
