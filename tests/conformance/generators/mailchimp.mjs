// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { query: 'token' };
const token = 'q7Wm2xK9vT4bN8sL';
const form = (fields) => new URLSearchParams({ ...fields }).toString();
const ask = (method, own) => ({ method, url: `https://hooks.example.com/in/mailchimp?token=${own}`, headers: {} });

await suite({
  provider: 'mailchimp',
  by: "none: nothing is signed; a token of one's own in the URL",
  config: { secrets: [token] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'subscribe', body: form({ type: 'subscribe', fired_at: '2026-01-01 00:00:00', 'data[id]': '8a25ff1d98', 'data[list_id]': 'a6b5da1054', 'data[email]': 'jane@example.com', 'data[merges][FNAME]': 'Zoë' }) },
    { name: 'valid-campaign', type: 'campaign', body: form({ type: 'campaign', fired_at: '2026-01-01 00:00:05', 'data[id]': '5aa2102003', 'data[status]': 'sent', 'data[list_id]': 'a6b5da1054' }) },
  ],
  sign: (request, secret) => put(request, place, secret),
  accepts: (request, secret) => same(read(request, place), secret),
  signature: place,
  covers: [], // Nothing but the token is looked at.
  oddBodies: 'form',
  longBody: 1000,
  extra: [
    { case: 'get', expect: 'handshake', ...ask('GET', token), expect_status: 200, expect_reply: '' },
    { case: 'get-wrong-token', expect: 'reject', ...ask('GET', 'another') },
  ],
});
