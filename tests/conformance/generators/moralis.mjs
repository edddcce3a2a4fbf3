// packages: @moralisweb3/streams@2.27.2 @moralisweb3/common-core@2.27.2 ethereumjs-util@7.1.5
import { suite } from '../lib/cases.mjs';
import { Streams } from '@moralisweb3/streams';
import { Core } from '@moralisweb3/common-core';
import util from 'ethereumjs-util';

const block = (confirmed, more) => JSON.stringify({
  confirmed,
  chainId: '0x1',
  abi: [],
  streamId: 'c28d9e2e-ae9d-4fe6-9fc0-5fcde2dcdd17',
  tag: 'payments',
  retries: 0,
  block: { number: '15988759', hash: '0x3aa07bd98e328db97ec273ce06b3a15fc645931fbd26337fe20c3b274277f76f', timestamp: '1767225600' },
  logs: [],
  txs: [{ hash: '0xd68700a0e2abd7041ba4ab2dc0fb4a3ed2e7ea2a4a3e2b3a4bd0ee2ff6a1c3c5', value: '1000000000000000000', receiptStatus: '1' }],
  txsInternal: [],
  erc20Transfers: [],
  nftTransfers: [],
  ...more,
});
const test = {
  abi: {}, block: { hash: '', number: '', timestamp: '' }, txs: [], txsInternal: [], logs: [], chainId: '', tag: '', streamId: '',
  confirmed: true, retries: 0, erc20Approvals: [], erc20Transfers: [], nftApprovals: [], nftTransfers: [],
};
const streams = (secret) => {
  const core = Core.create();
  const made = Streams.create(core);
  core.registerModule(made);
  core.config.set('streamsSecret', secret);
  return made;
};

await suite({
  provider: 'moralis',
  by: '@moralisweb3/streams@2.27.2 Streams.verifySignature',
  config: { secrets: ['b9d1c2f3a4e5061728394a5b6c7d8e9f'] },
  headers: { 'content-type': 'application/json', 'x-queue-size': '0' },
  bodies: [
    { name: 'valid', type: 'block.confirmed', body: block(true) },
    { name: 'valid-unconfirmed', type: 'block.unconfirmed', body: block(false, { retries: 1, tag: 'zahlungen-ü' }) },
    { name: 'valid-test', type: 'block.confirmed', body: JSON.stringify(test) },
  ],
  sign(request, secret) {
    request.headers['x-signature'] = util.bufferToHex(util.keccak256(Buffer.concat([request.body, Buffer.from(secret)])));
  },
  // The package writes the parsed body anew, so that bodies written otherwise do not fit.
  oddBodies: false,
  lenient: ['tampered-body-trailing-newline'],
  accepts: (request, secret) => streams(secret).verifySignature({ body: JSON.parse(request.text), signature: request.headers['x-signature'] }),
});
