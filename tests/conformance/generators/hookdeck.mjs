// packages: @hookdeck/sdk@0.4.0
import { suite, hmac } from '../lib/cases.mjs';
import { verifyWebhookSignature } from '@hookdeck/sdk/webhooks/helpers.js';

const rolled = 'mNbVcXzLkJhGfDsApOiUyTrEwQ1234567890aBcD';

await suite({
  provider: 'hookdeck',
  by: '@hookdeck/sdk@0.4.0 verifyWebhookSignature',
  config: { secrets: ['4tzn2Ip9Zb0c7mJ5qW8eRt1yUi3oPa6sDfGhJkLz'] },
  bodies: [
    {
      name: 'valid',
      type: 'invoice.paid',
      id: 'evt_8cKmWzq0fHhQ0v2r1d',
      headers: { 'x-hookdeck-eventid': 'evt_8cKmWzq0fHhQ0v2r1d', 'x-hookdeck-requestid': 'req_2nVpUu9oXr4Ue1cJk7', 'x-hookdeck-source-name': 'billing', 'x-hookdeck-destination-name': 'hookferry', 'x-hookdeck-attempt-count': '1', 'x-hookdeck-attempt-trigger': 'INITIAL', 'x-hookdeck-verified': 'true' },
      body: '{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","type":"invoice.paid","created":1767225600,"data":{"object":{"id":"in_1NG8Du2eZvKYlo2CZ0b1","amount_paid":2000,"currency":"usd","customer":"cus_NffrFeUfNV2Hib","status":"paid","lines":[{"description":"Membership","quantity":1,"amount":2000}]}},"livemode":false}',
    },
    {
      name: 'valid-shop-orders',
      type: 'shop-orders',
      id: 'evt_8cKmWzq0fHhQ0v2r1e',
      headers: { 'x-hookdeck-eventid': 'evt_8cKmWzq0fHhQ0v2r1e', 'x-hookdeck-requestid': 'req_2nVpUu9oXr4Ue1cJk8', 'x-hookdeck-source-name': 'shop-orders', 'x-hookdeck-destination-name': 'hookferry', 'x-hookdeck-attempt-count': '2', 'x-hookdeck-attempt-trigger': 'AUTOMATIC', 'x-hookdeck-verified': 'true' },
      body: '{"order":{"number":"1001","email":"jon@example.com","total":"403.00","currency":"USD","items":[{"sku":"IPOD-8","quantity":1}]},"placed_at":"2026-01-01T00:00:00Z"}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-hookdeck-signature'] = hmac('sha256', secret, request.body, 'base64')),
  async accepts({ headers, text }, signingSecret) {
    return (await verifyWebhookSignature({ headers, rawBody: text, signingSecret })).isValidSignature;
  },
  extra: [
    {
      case: 'valid-second-header', expect: 'accept', type: 'order.created', id: 'evt_8cKmWzq0fHhQ0v2r1f', body: '{"type":"order.created"}',
      headers: {
        'content-type': 'application/json', 'x-hookdeck-eventid': 'evt_8cKmWzq0fHhQ0v2r1f',
        'x-hookdeck-signature': hmac('sha256', rolled, '{"type":"order.created"}', 'base64'),
        'x-hookdeck-signature-2': hmac('sha256', '4tzn2Ip9Zb0c7mJ5qW8eRt1yUi3oPa6sDfGhJkLz', '{"type":"order.created"}', 'base64'),
      },
    },
  ],
});
