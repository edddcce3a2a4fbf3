// packages: @larksuiteoapi/node-sdk@1.74.0
import { suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import * as lark from '@larksuiteoapi/node-sdk';

const token = 'v-9d8c7b6a5f4e4d3c8b2a';
const quiet = { fatal() {}, error() {}, warn() {}, info() {}, debug() {}, trace() {} };

await suite({
  provider: 'lark',
  by: '@larksuiteoapi/node-sdk@1.74.0 EventDispatcher.invoke',
  config: { secrets: ['kudryavka-1a2b3c4d5e6f'], verification_token: token },
  bodies: [
    {
      name: 'valid',
      type: 'encrypted',
      headers: { 'x-request-id': '54f8bc24ca5d8b8e7ea4fbf6cee8a0f7' },
      body: '{"encrypt":"FIAfJPGRmFZWkaxPQ1XrJZVbv2JwdjfLk4jx0k/U1deAqYK3AXOZ5zcHt/cC4ZNTqYwWUW/EoL+b2hW/C4zoAQQ5CeMtbxX2zHjm+E4nX/Aww+FHUL6iuIMaeL2KLxqdtbHRC50vgC2YI7xohnb3KuCNBMUzLiPeNIpVdnYaeteCmSaESb+AZpJB9PExzTpRDzCRv+T6o5vlzaE8UgIneC1sYu85BnPBEMTSuj1ZZzfdQi7ZW992Z4dmJxn9e8FL2VArNm99f5Io3c2O4AcNsQENNKtfAAxVjCqc3mg5jF0nKabA+u/5vrUD76flX1UOF5fzJ0sApG2OEn9wfyPDRBsApn9o+fceF9hNrYBGsdtZrZYyGG387CGOtKsuj8e2E8SNp+Pn4E9oYejOTR+ZNLNi+twxaXVlJhr6l+RXYwEiMGQE9zGFBD6h2dOhKh3W84p1GEYnSRIz1+9/Hp66arjC7RCrhuW5OjCj4QFEQJiwgL45XryxHtiZ7JdAlPmjVsL03CxxFZarzxzffryrWUG3VkRdHRHbTsC34+ScoL5MTDU1QAWdqUC1T7xT0lCvQELaIhBTXAYrznJl6PlA83oqlMxpHh0gZBB1jFbfoUr7OQbBs1xqzpYK6Yjux6diwpQB1zlZErYJUfCqK7G/zI9yK/60b4HW0k3M+AvzMcw="}',
    },
  ],
  async sign(request, secret, now) {
    request.headers['x-lark-request-timestamp'] = String(now);
    request.headers['x-lark-request-nonce'] = '9d8c7b6a5f';
    const content = Buffer.concat([Buffer.from(`${now}9d8c7b6a5f${secret}`), request.body]);
    request.headers['x-lark-signature'] = crypto.createHash('sha256').update(content).digest('hex');
  },
  async accepts(request, secret) {
    const dispatcher = new lark.EventDispatcher({ encryptKey: secret, verificationToken: token, logger: quiet });
    // The package reads the headers from the parsed body's prototype; a refusal is undefined.
    const data = Object.assign(Object.create({ headers: request.headers }), request.json);
    return (await dispatcher.invoke(data)) !== undefined;
  },
  timestamped: { tolerance_s: 300 },
  // The package hashes what it parsed and wrote again, and looks at no clock.
  oddBodies: false,
  lenient: ['tampered-body-trailing-newline', 'stale-timestamp', 'future-timestamp'],
  extra: [
    { case: 'url-verification', expect: 'handshake', body: JSON.stringify({ challenge: 'ajls384kdjx98XX', token, type: 'url_verification' }), expect_status: 200, expect_reply: '{"challenge":"ajls384kdjx98XX"}' },
    { case: 'url-verification-wrong-token', expect: 'reject', headers: { 'content-type': 'application/json', 'x-lark-signature': '00' }, body: JSON.stringify({ challenge: 'ajls384kdjx98XX', token: 'wrong', type: 'url_verification' }) },
  ],
});
