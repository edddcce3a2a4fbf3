// packages: acuityscheduling@0.1.9
import { suite, hmac } from '../lib/cases.mjs';
import acuity from 'acuityscheduling';

await suite({
  provider: 'acuity-scheduling',
  by: 'acuityscheduling@0.1.9 verifyMessageSignature',
  config: { secrets: ['5b1c9c1e7d1a4f7d9d7e0c5f3a2b1e90'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'scheduled', body: 'action=scheduled&id=1&calendarID=1&appointmentTypeID=1' },
    { name: 'valid-cancelled', type: 'canceled', body: 'action=canceled&id=1&calendarID=1&appointmentTypeID=1' },
  ],
  sign: (request, secret) => void (request.headers['x-acuity-signature'] = hmac('sha256', secret, request.body, 'base64')),
  accepts(request, secret) {
    acuity.verifyMessageSignature(secret, request.text, request.headers['x-acuity-signature']);
    return true;
  },
  oddBodies: 'form',
});
