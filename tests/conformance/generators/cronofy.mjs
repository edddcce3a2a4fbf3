// packages: cronofy@3.8.4
import { suite, hmac } from '../lib/cases.mjs';
import Cronofy from 'cronofy';

await suite({
  provider: 'cronofy',
  by: 'cronofy@3.8.4 hmacValid',
  config: { secrets: ['CRN_xMOLtmFFiM3RjH5nLGzOQnqT5Rx7WkKfuAzC6v'] },
  bodies: [
    {
      name: 'valid',
      type: 'change',
      headers: { 'user-agent': 'Cronofy' },
      body: '{"notification":{"type":"change","changes_since":"2026-01-01T00:00:00Z"},"channel":{"channel_id":"chn_54cf7c7cb4ad4c1027000001","callback_url":"https://hooks.example.com/in/cronofy","filters":{}}}',
    },
    {
      name: 'valid-verification',
      type: 'verification',
      body: '{"notification":{"type":"verification"},"channel":{"channel_id":"chn_54cf7c7cb4ad4c1027000001","callback_url":"https://hooks.example.com/in/cronofy","filters":{}}}',
    },
  ],
  sign(request, secret) {
    request.headers['cronofy-hmac-sha256'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts(request, secret) {
    return new Cronofy({}).hmacValid({ hmac: request.headers['cronofy-hmac-sha256'], body: request.text, client_secret: secret });
  },
  extra: [
    {
      // While the client secret is rotated, there is a signature for each.
      case: 'valid-two-signatures',
      expect: 'accept',
      type: 'change',
      headers: { 'content-type': 'application/json', 'cronofy-hmac-sha256': 'xoqxWP5+xkAf6C9ohWy2qhzOePUXwiJEm1N4XdPfKHc=,' + hmac('sha256', 'CRN_xMOLtmFFiM3RjH5nLGzOQnqT5Rx7WkKfuAzC6v', '{"notification":{"type":"change"}}', 'base64') },
      body: '{"notification":{"type":"change"}}',
    },
  ],
});
