// packages: @contentful/node-apps-toolkit@3.16.1
import { put, suite } from '../lib/cases.mjs';
import { signRequest, verifyRequest } from '@contentful/node-apps-toolkit';

const url = 'https://hooks.example.com/in/contentful';
const canonical = ({ method, url: target, headers, text: body }) => {
  const { pathname, search } = new URL(target);
  return { method, path: `${pathname}${search}`, headers: { ...headers }, body };
};
const topic = 'x-contentful-topic';

await suite({
  provider: 'contentful',
  by: '@contentful/node-apps-toolkit@3.16.1 signRequest, verifyRequest',
  config: { secrets: ['PiXmoEA1QOke1eoJo3hvqEwlTB3eu4t6Zzc74GIN9boTgYWll5r72kqK395ktN1k'], url },
  bodies: [
    {
      name: 'valid',
      type: 'ContentManagement.Entry.publish',
      id: '0b2f1c7ad4e84f6c',
      headers: { 'content-type': 'application/vnd.contentful.management.v1+json', 'x-contentful-topic': 'ContentManagement.Entry.publish', 'x-contentful-idempotency-key': '0b2f1c7ad4e84f6c' },
      body: '{"sys":{"type":"Entry","id":"nyancat","space":{"sys":{"type":"Link","linkType":"Space","id":"cfexampleapi"}},"environment":{"sys":{"id":"master","type":"Link","linkType":"Environment"}},"updatedAt":"2026-01-01T00:00:00.000Z","revision":2},"fields":{"title":{"en-US":"Hello, World!"}}}',
    },
    {
      name: 'valid-content-management-asset-unpublish',
      type: 'ContentManagement.Asset.unpublish',
      id: '0b2f1c7ad4e84f6d',
      headers: { 'content-type': 'application/vnd.contentful.management.v1+json', 'x-contentful-topic': 'ContentManagement.Asset.unpublish', 'x-contentful-idempotency-key': '0b2f1c7ad4e84f6d' },
      body: '{"sys":{"type":"DeletedAsset","id":"happycat","space":{"sys":{"type":"Link","linkType":"Space","id":"cfexampleapi"}},"environment":{"sys":{"id":"master","type":"Link","linkType":"Environment"}},"updatedAt":"2026-01-01T00:00:00.000Z","revision":2},"fields":{"title":{"en-US":"Hello, World!"}}}',
    },
  ],
  url,
  sign(request, secret, now) {
    Object.assign(request.headers, signRequest(secret, canonical(request), now * 1000));
  },
  accepts: (request, secret) => verifyRequest(secret, canonical(request)),
  signature: 'x-contentful-signature',
  covers: ['body', 'url', 'method'],
  longBody: 1000,
  timestamped: { tolerance_s: 30 },
  lenient: ['future-timestamp'],
  forge: {
    'another-topic': (request) => put(request, topic, 'ContentManagement.Entry.delete'),
    'missing-topic': (request) => put(request, topic, undefined),
    'shorter-list': (request) => put(request, 'x-contentful-signed-headers', 'x-contentful-signed-headers,x-contentful-timestamp'),
  },
});
