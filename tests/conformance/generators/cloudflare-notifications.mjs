// packages:
import { same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'cloudflare-notifications',
  by: 'none: documented scheme, the secret in cf-webhook-auth',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'http_alert_origin_error',
      body: '{"account_id":"9035f53656c94d5ea1ba4e5a1b5c8f3c","alert_correlation_id":"6d9c2f0a4d1e4e0f8f2b7f4d1f3b6a11","alert_event":"ALERT_STATE_EVENT_START","alert_type":"http_alert_origin_error","data":{"severity":"","zones":[{"name":"example.com","slo":"99.9","service_success_rate":"97.1"}],"time":"2026-01-01T00:00:00Z"},"name":"Origin errors","policy_id":"9d5ca3b2e7e54f1f9c6b1d4e0a7f3c22","policy_name":"Origin errors","text":"High rate of 5xx errors on example.com","ts":1767225600}',
    },
    {
      name: 'valid-dos-attack-l4',
      type: 'dos_attack_l4',
      body: '{"account_id":"9035f53656c94d5ea1ba4e5a1b5c8f3c","alert_correlation_id":"6d9c2f0a4d1e4e0f8f2b7f4d1f3b6a11","alert_event":"ALERT_STATE_EVENT_END","alert_type":"dos_attack_l4","data":{"action":"monitor","attack_id":"5e0f4b1a","attack_vector":"SYN flood","mitigation":"Pre-existing","protocol":"TCP","target_ip":"192.0.2.1","target_port":443},"name":"Origin errors","policy_id":"9d5ca3b2e7e54f1f9c6b1d4e0a7f3c22","policy_name":"Origin errors","text":"High rate of 5xx errors on example.com","ts":1767225600}',
    },
    {
      name: 'valid-test',
      type: 'notification',
      body: '{"text":"Hello World! This is a test message sent from https://cloudflare.com. If you can see this, your webhook is configured properly."}',
    },
  ],
  sign(request, secret) {
    request.headers['cf-webhook-auth'] = secret;
  },
  accepts: (request, secret) => same(request.headers['cf-webhook-auth'], secret),
  covers: [], // Nothing is signed.
});
