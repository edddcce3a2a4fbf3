// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'storyblok',
  by: 'none: documented scheme, HMAC-SHA1 of the body in hex',
  config: { secrets: ['hf-storyblok-4f8a1c6d2b9e'] },
  bodies: [
    { name: 'valid', type: 'published', body: '{"text":"The user ada@example.com published the Story XYZ (xyz)\\nhttps://app.storyblok.com/#!/me/spaces/44203/stories/0/0/14881","action":"published","space_id":44203,"story_id":14881,"full_slug":"blog/xyz"}' },
    { name: 'valid-asset', type: 'replaced', body: '{"text":"The user ada@example.com replaced the Asset logo.png","action":"replaced","space_id":44203,"asset_id":87}' },
  ],
  sign(request, secret) {
    request.headers['webhook-signature'] = hmac('sha1', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['webhook-signature'] ?? '', hmac('sha1', secret, request.body)),
});
