// packages: @sanity/webhook@4.0.4
import { suite, hmac } from '../lib/cases.mjs';
import { isValidSignature } from '@sanity/webhook';

const headers = (operation, key) => ({ 'sanity-operation': operation, 'sanity-dataset': 'production', 'idempotency-key': key });

await suite({
  provider: 'sanity',
  by: '@sanity/webhook@4.0.4 isValidSignature',
  config: { secrets: ['sanity-hook-4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'post.create', id: '0b7e1c24f1f24c3f8a6a3b9f2d1c5e70', headers: headers('create', '0b7e1c24f1f24c3f8a6a3b9f2d1c5e70'), body: '{"_id":"5b3e0a52-6f14-4a1b-9c1d-0b2a3c4d5e6f","_type":"post","_rev":"YbcFbPJAN9FTEHVvKuoHQA","_createdAt":"2026-01-01T00:00:00Z","_updatedAt":"2026-01-01T00:00:00Z","title":"Hello world","slug":{"_type":"slug","current":"hello-world"},"author":{"_type":"reference","_ref":"7c1f2b63-8a25-4b2c-8d2e-1c3b4d5e6f70"}}' },
    { name: 'valid-update', type: 'author.update', id: '0b7e1c24f1f24c3f8a6a3b9f2d1c5e71', headers: headers('update', '0b7e1c24f1f24c3f8a6a3b9f2d1c5e71'), body: '{"_id":"7c1f2b63-8a25-4b2c-8d2e-1c3b4d5e6f70","_type":"author","_rev":"YbcFbPJAN9FTEHVvKuoHQB","_createdAt":"2025-12-01T00:00:00Z","_updatedAt":"2026-01-01T00:00:05Z","name":"Ada Example"}' },
    { name: 'valid-projected', type: 'delete', id: '0b7e1c24f1f24c3f8a6a3b9f2d1c5e72', headers: headers('delete', '0b7e1c24f1f24c3f8a6a3b9f2d1c5e72'), body: '{"slug":"hello-world"}' },
  ],
  sign(request, secret, now) {
    const content = `${now * 1000}.${request.text}`;
    request.headers['sanity-webhook-signature'] = `t=${now * 1000},v1=${hmac('sha256', secret, content, 'base64url')}`;
  },
  accepts: (request, secret) => isValidSignature(request.text, request.headers['sanity-webhook-signature'] ?? '', secret),
  timestamped: { tolerance_s: 300 },
  // The package refuses only times before 2021.
  lenient: ['stale-timestamp', 'future-timestamp'],
  forge: {
    'seconds-for-milliseconds': (request) => void (request.headers['sanity-webhook-signature'] = request.headers['sanity-webhook-signature'].replace('000,v1', ',v1')),
  },
});
