// packages: @hocuspocus/extension-webhook@4.1.0 @hocuspocus/server@4.1.0 @hocuspocus/transformer@4.1.0 yjs@13.6.27
import { suite, same } from '../lib/cases.mjs';
import { Webhook } from '@hocuspocus/extension-webhook';

const signature = (body, secret) => new Webhook({ url: 'https://hooks.example.com/', secret }).createSignature(body);

await suite({
  provider: 'hocuspocus',
  by: '@hocuspocus/extension-webhook@4.1.0 Webhook.createSignature',
  config: { secrets: ['459824aaffa928e05f5b1caec411ae5f'] },
  bodies: [
    {
      name: 'valid',
      type: 'change',
      body: '{"event":"change","payload":{"document":{"default":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Hello"}]}]}},"documentName":"example-document","context":{"user_id":1},"requestHeaders":{"user-agent":"node"},"requestParameters":{}}}',
    },
    {
      name: 'valid-disconnect',
      type: 'disconnect',
      body: '{"event":"disconnect","payload":{"documentName":"example-document","context":{"user_id":1},"requestHeaders":{},"requestParameters":{}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-hocuspocus-signature-256'] = signature(request.text, secret);
  },
  accepts(request, secret) {
    return same(request.headers['x-hocuspocus-signature-256'], signature(request.text, secret));
  },
});
