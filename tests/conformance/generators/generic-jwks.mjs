// packages: jose@6.2.18
import { tokens } from '../lib/token.mjs';
import * as jose from 'jose';

await tokens(jose, 'jose@6.2.18 jwtVerify', {
  provider: 'generic-jwks',
  config: { jwks_url: 'https://idp.example.com/.well-known/jwks.json', issuer: 'https://idp.example.com', audience: 'hookferry' },
  claims: { sub: 'sender' },
});
