// packages:
import { put, read, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'cisco-meraki',
  by: 'none: documented scheme, the shared secret in the body',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'stopped_reporting',
      id: '629378047925033066',
      body: '{"version":"0.1","sharedSecret":"","sentAt":"2026-01-01T00:00:05.926325Z","organizationId":"2930418","organizationName":"My organization","organizationUrl":"https://n1.meraki.com/o/VjjsAd/manage/organization/overview","networkId":"N_24329156","networkName":"Main Office","networkTags":[],"deviceSerial":"Q234-ABCD-5678","deviceName":"My access point","deviceModel":"MR46","alertId":"629378047925033066","alertType":"APs went down","alertTypeId":"stopped_reporting","alertLevel":"critical","occurredAt":"2026-01-01T00:00:00.123450Z","alertData":{}}',
    },
    {
      name: 'valid-settings-changed',
      type: 'settings_changed',
      id: '629378047925033067',
      body: '{"version":"0.1","sharedSecret":"","sentAt":"2026-01-01T00:00:05.926325Z","organizationId":"2930418","organizationName":"My organization","organizationUrl":"https://n1.meraki.com/o/VjjsAd/manage/organization/overview","networkId":"N_24329156","networkName":"Main Office","networkTags":[],"deviceSerial":"Q234-ABCD-5678","deviceName":"My access point","deviceModel":"MR46","alertId":"629378047925033067","alertType":"Settings changed","alertTypeId":"settings_changed","alertLevel":"critical","occurredAt":"2026-01-01T00:00:00.123450Z","alertData":{"name":"SSID enabled","newValue":"true","userName":"Jon"}}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/sharedSecret' }, secret);
  },
  accepts: (request, secret) => same(read(request, { json: '/sharedSecret' }), secret),
  signature: { json: '/sharedSecret' },
  covers: [], // Nothing is signed.
});
