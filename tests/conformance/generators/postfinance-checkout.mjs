// packages: postfinancecheckout@5.5.0
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';

const { EncryptionUtil } = createRequire(import.meta.url)('postfinancecheckout/dist/utils/EncryptionUtil.js');
const [mine, another] = [keyPair('p256'), keyPair('p256', 'another')];

await suite({
  provider: 'postfinance-checkout',
  by: 'postfinancecheckout@5.5.0 EncryptionUtil.isContentValid',
  config: { public_key_base64: mine.base64 },
  bodies: [
    {
      name: 'valid',
      type: 'Transaction.FULFILL',
      id: '12345678.4242',
      body: '{"eventId":12345678,"entityId":98765432,"listenerEntityId":1472041829003,"listenerEntityTechnicalName":"Transaction","spaceId":405,"webhookListenerId":4242,"timestamp":"2026-01-01T00:00:00+0000","state":"FULFILL"}',
    },
  ],
  sign(request, key) {
    const signature = crypto.sign('sha256', request.body, key).toString('base64');
    request.headers['x-signature'] = `algorithm=SHA256withECDSA, keyId=aa2ab2c3-0c9a-4e10-b5f1-5f1c2e8a3b1d, signature=${signature}`;
  },
  accepts(request, key, now, config) {
    const [, value] = /^.*,\s*keyId=[a-zA-Z0-9-]+,\s*signature=([a-zA-Z0-9+/=]+)$/.exec(request.headers['x-signature']);
    return EncryptionUtil.isContentValid(request.text, value, config.public_key_base64);
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_base64: another.base64 },
  longBody: 1500,
});
