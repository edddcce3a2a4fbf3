'use strict';

const crypto = require('node:crypto');

/** Whether `x-hub-signature-256` is the HMAC of the body. */
function genuine(request, secret) {
  const given = Buffer.from(request.get('x-hub-signature-256') ?? '');
  const right = Buffer.from('sha256=' + crypto.createHmac('sha256', secret).update(request.body).digest('hex'));
  return given.length === right.length && crypto.timingSafeEqual(given, right);
}

module.exports = { genuine };
