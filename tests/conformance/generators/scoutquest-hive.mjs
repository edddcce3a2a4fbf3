// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'scoutquest-hive',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_31jx2hIpeaHNL3dnUQzNjDIVMdESK5Zr'] },
  bodies: [
    {
      name: 'valid',
      type: 'v1.user.created',
      id: 'evt_16ecf03b-333d-4aab-aeff-6b1036e458af',
      headers: { 'svix-id': 'msg_YntF3U032QhtPcSSre6ZHK8Phzj' },
      body: '{"creationTimestamp":1767225600,"eventId":"evt_16ecf03b-333d-4aab-aeff-6b1036e458af","eventType":"v1.user.created","payload":{"countryCode":"+91","creationTime":1767225598,"messageId":"67752577f91729f7d301a793","mobileNo":"888888888","referralOrigin":"whatsapp-tellephant-bot","referralSource":"Broker-A","userId":"usr_6622575129096656","userSignupChannel":"WHATSAPP"}}',
    },
    {
      name: 'valid-v1-user-modified',
      type: 'v1.user.modified',
      id: 'evt_5d303a23-ada3-4b38-b3ea-e23dc29ece3a',
      headers: { 'svix-id': 'msg_MTDgZ4mIgSmKweSWX6CCotGT9vp' },
      body: '{"creationTimestamp":1767225605,"eventId":"evt_5d303a23-ada3-4b38-b3ea-e23dc29ece3a","eventType":"v1.user.modified","payload":{"consentStatus":"OPT_OUT","countryCode":"+91","creationTime":1767225598,"lastModificationTime":1767225605,"mobileNo":"9999999999","userId":"usr_662257512909639656"}}',
    },
  ],
  ...standard('svix', Webhook),
});
