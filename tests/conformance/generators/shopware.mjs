// packages: @shopware-ag/app-server-sdk@2.0.3
import { suite, hmac } from '../lib/cases.mjs';
import { AppServer, InMemoryShopRepository } from '@shopware-ag/app-server-sdk';

const shops = new InMemoryShopRepository();
const app = new AppServer({ appName: 'Example', appSecret: 'unused', authorizeCallbackUrl: 'https://app.example.com/authorize/callback' }, shops);

await suite({
  provider: 'shopware',
  by: '@shopware-ag/app-server-sdk@2.0.3 DualSignatureVerifier.authenticatePostRequest',
  config: { secrets: ['dRV7X2bqz9LwK4mTnY8cPjH5sGf3aE6u'] },
  bodies: [
    { name: 'valid', type: 'product.written', id: '8ab8a1b1fb4f4c4d8b9a1b2c3d4e5f60', body: '{"data":{"payload":[{"entity":"product","operation":"update","primaryKey":"7b04ebe416db4ebc93de4d791325e1d9","updatedFields":["description"],"versionId":"0fa91ce3e96a4bc2be4bd9ce752c3425"}],"event":"product.written"},"source":{"url":"https://shop.example.com","appVersion":"0.0.1","shopId":"dgrH7nLU6tlE","eventId":"8ab8a1b1fb4f4c4d8b9a1b2c3d4e5f60","inAppPurchases":null},"timestamp":1767225600}' },
    { name: 'valid-lifecycle', type: 'app.activated', id: '8ab8a1b1fb4f4c4d8b9a1b2c3d4e5f61', body: '{"data":{"payload":[],"event":"app.activated"},"source":{"url":"https://shop.example.com","appVersion":"0.0.1","shopId":"dgrH7nLU6tlE","eventId":"8ab8a1b1fb4f4c4d8b9a1b2c3d4e5f61"},"timestamp":1767225605}' },
  ],
  sign(request, secret) {
    request.headers['shopware-shop-signature'] = hmac('sha256', secret, request.body);
  },
  async accepts({ url, method, headers, body, text }, secret) {
    await shops.createShop('dgrH7nLU6tlE', 'https://shop.example.com', secret);
    const shop = await shops.getShopById('dgrH7nLU6tlE');
    await app.requestVerifier.authenticatePostRequest(new Request(url, { method, headers, body }), text, shop);
    return true;
  },
});
