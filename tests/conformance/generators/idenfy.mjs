// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'idenfy',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'verification.approved',
      body: '{"final":true,"platform":"MOBILE","status":{"overall":"APPROVED","suspicionReasons":[],"denyReasons":[],"fraudTags":[],"mismatchTags":[],"autoFace":"FACE_MATCH","manualFace":"FACE_MATCH","autoDocument":"DOC_VALIDATED","manualDocument":"DOC_VALIDATED"},"data":{"docFirstName":"FIRST","docLastName":"LAST","docType":"ID_CARD"},"scanRef":"5a1bcc1f-4d0c-4a8e-9b1d-0c9a7e10b5f1","clientId":"user-42","startTime":1767225500,"finishTime":1767225600}',
    },
  ],
  sign(request, secret) {
    request.headers['idenfy-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['idenfy-signature'], hmac('sha256', secret, request.text));
  },
});
