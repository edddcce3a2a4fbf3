// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

const token = { query: 'token' };

await suite({
  provider: 'gumroad',
  by: 'none: nothing is signed, a token in the URL',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'sale',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'seller_id=ABCDEFGHIJKLMNOPQRSTUV%3D%3D&product_id=32-nPAicqbLj8B_WswVlMw%3D%3D&product_name=Ebook&permalink=QMGY&product_permalink=https%3A%2F%2Fexample.gumroad.com%2Fl%2FQMGY&short_product_id=abcd&email=jon%40example.com&price=500&currency=usd&quantity=1&order_number=524459935&sale_id=FO8TXN-dbxYaBdahG97Y-Q%3D%3D&sale_timestamp=2026-01-01T00%3A00%3A00Z&purchaser_id=5550321502811&license_key=85DB562A-C11D4B06-A2335A6B-8C079166&ip_country=United+States&recurrence=&refunded=false&resource_name=sale&disputed=false&test=true',
    },
    {
      name: 'valid-refund',
      type: 'refund',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'seller_id=ABCDEFGHIJKLMNOPQRSTUV%3D%3D&product_id=32-nPAicqbLj8B_WswVlMw%3D%3D&product_name=Ebook&email=jon%40example.com&price=500&sale_id=FO8TXN-dbxYaBdahG97Y-Q%3D%3D&sale_timestamp=2026-01-01T00%3A00%3A00Z&refunded=true&resource_name=refund',
    },
  ],
  sign: (request, secret) => put(request, token, secret),
  accepts: (request, secret) => same(read(request, token), secret),
  signature: token,
  // A token covers nothing of what is sent.
  covers: [],
  oddBodies: 'form',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  longBody: 500,
  extra: [
    { case: 'valid-ping', expect: 'accept', type: 'sale', sign: true, body: 'seller_id=A%3D%3D&sale_id=FO8TXN&price=500' },
  ],
});
