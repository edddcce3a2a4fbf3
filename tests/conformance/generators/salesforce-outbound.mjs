// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { query: 'token' };
const secret = 'b7e1c94f0a2d4638b7e1c94f';
const url = 'https://hooks.example.com/in/salesforce-outbound';
const body = '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>00D000000000062EAA</OrganizationId><ActionId>04k000000000001AAA</ActionId><SessionId xsi:nil="true"/><EnterpriseUrl>https://example.my.salesforce.com/services/Soap/c/60.0/00D</EnterpriseUrl><PartnerUrl>https://example.my.salesforce.com/services/Soap/u/60.0/00D</PartnerUrl><Notification><Id>04l000000000001AAA</Id><sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>001000000000001AAA</sf:Id><sf:Name>Example &amp; Sons</sf:Name></sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>';
const headers = { 'content-type': 'text/xml; charset=utf-8' };

await suite({
  provider: 'salesforce-outbound',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url, organization_ids: ['00D000000000099EAA', '00D000000000062EAA'] },
  headers,
  bodies: [
    { name: 'valid', type: 'Account', id: '04l000000000001AAA', body },
    { name: 'valid-opportunity', type: 'Opportunity', id: '04l000000000002AAA', body: '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>00D000000000062EAA</OrganizationId><ActionId>04k000000000001AAA</ActionId><SessionId xsi:nil="true"/><EnterpriseUrl>https://example.my.salesforce.com/services/Soap/c/60.0/00D</EnterpriseUrl><PartnerUrl>https://example.my.salesforce.com/services/Soap/u/60.0/00D</PartnerUrl><Notification><Id>04l000000000002AAA</Id><sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>001000000000002AAA</sf:Id><sf:Name>Example &amp; Sons</sf:Name></sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>' },
  ],
  sign(request, key) {
    put(request, at, key);
  },
  accepts: (request, key) => same(read(request, at) ?? '', key) && request.text.includes('<OrganizationId>00D000000000062EAA<'),
  signature: at,
  covers: [],
  oddBodies: false,
  forge: {
    'another-organization': (request) => void (request.body = Buffer.from(request.text.replace('00D000000000062EAA', '00D000000000063EAA'))),
    'no-soap': (request) => void (request.body = Buffer.from('{"OrganizationId":"00D000000000062EAA"}')),
  },
  extra: [
    { case: 'valid-two-notifications', expect: 'accept', sign: true, headers, body: '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>00D000000000062EAA</OrganizationId><ActionId>04k000000000001AAA</ActionId><SessionId xsi:nil="true"/><EnterpriseUrl>https://example.my.salesforce.com/services/Soap/c/60.0/00D</EnterpriseUrl><PartnerUrl>https://example.my.salesforce.com/services/Soap/u/60.0/00D</PartnerUrl><Notification><Id>04l000000000003AAA</Id><sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>001000000000003AAA</sf:Id><sf:Name>Example &amp; Sons</sf:Name></sObject></Notification><Notification><Id>04l000000000004AAA</Id><sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>001000000000004AAA</sf:Id><sf:Name>Example &amp; Sons</sf:Name></sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>' },
    { case: 'token-twice', expect: 'reject', url: `${url}?token=x&token=${secret}`, headers, body },
    { case: 'token-in-a-header', expect: 'reject', headers: { ...headers, token: secret }, body },
  ],
});
