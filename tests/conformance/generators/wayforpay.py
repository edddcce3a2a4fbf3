# packages:
import json

from cases import hmac, put, read, same, suite

AT = {"json": "/merchantSignature"}
FIELDS = ("merchantAccount", "orderReference", "amount", "currency", "authCode", "cardPan", "transactionStatus", "reasonCode")


def payment(status, **more):
    return json.dumps({
        "merchantAccount": "test_merch_n1", "orderReference": "DH783023", "merchantSignature": "x", "amount": 1547.36, "currency": "UAH",
        "authCode": "541963", "email": "client@example.com", "createdDate": 1767225590, "processingDate": 1767225600, "cardPan": "41****8217",
        "cardType": "visa", "issuerBankName": "Privatbank", "transactionStatus": status, "reason": "Ok", "reasonCode": 1100, "fee": 0, **more,
    })


def expected(request, secret):
    values = (request.json.get(name) for name in FIELDS)
    return hmac("md5", secret, ";".join("" if value is None else str(value) for value in values))


def sign(request, secret, now):
    put(request, AT, expected(request, secret))


def changed(name, value):
    return lambda request: put(request, {"json": f"/{name}"}, value)


suite(
    provider="wayforpay",
    by="none: documented scheme, HMAC-MD5 of eight fields",
    config={"secrets": ["flk3409refn54t54t*FNJRET"]},
    bodies=[
        {"name": "valid", "type": "transaction.Approved", "body": payment("Approved")},
        {"name": "valid-declined", "type": "transaction.Declined", "body": payment("Declined", authCode="", reasonCode=1101, amount=100)},
        {"name": "valid-without-card", "type": "transaction.Expired", "body": payment("Expired", authCode=None, cardPan=None, reasonCode=1112)},
        {"name": "valid-as-form", "type": "transaction.Refunded", "body": payment("Refunded"), "headers": {"content-type": "application/x-www-form-urlencoded"}},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(read(request, AT) or "", expected(request, secret)),
    signature=AT,
    covers=[],  # the other fields are not signed
    odd_bodies=False,
    forge={
        "another-currency": changed("currency", "XOF"),
        "another-order": changed("orderReference", "DH783024"),
        "another-state": changed("transactionStatus", "Voided"),
        "another-account": changed("merchantAccount", "test_merch_n2"),
    },
)
