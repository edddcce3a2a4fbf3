// packages:
import { same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'datadog',
  by: 'none: documented scheme, a custom header',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'metric_alert_monitor',
      id: '7401020304050607080',
      body: `{"body":"%%%\\n@webhook-hookferry CPU is above 90 % on web-1\\n%%%","last_updated":"1767225600000","event_type":"metric_alert_monitor","title":"[Triggered] CPU is high on web-1","date":"1767225600000","org":{"id":"123456","name":"Acme"},"id":"7401020304050607080","alert_id":"987654","alert_transition":"Triggered","priority":"normal"}`,
    },
    {
      name: 'valid-recovered',
      type: 'metric_alert_monitor',
      id: '7401020304050607081',
      body: `{"body":"%%%\\n@webhook-hookferry CPU is above 90 % on web-1\\n%%%","last_updated":"1767225600000","event_type":"metric_alert_monitor","title":"[Recovered] CPU is high on web-1","date":"1767225600000","org":{"id":"123456","name":"Acme"},"id":"7401020304050607081","alert_id":"987654","alert_transition":"Recovered","priority":"normal"}`,
    },
  ],
  sign(request, secret) {
    request.headers['authorization'] = `Bearer ${secret}`;
  },
  accepts: (request, secret) => same(request.headers['authorization'], `Bearer ${secret}`),
  covers: [], // Nothing is signed.
});
