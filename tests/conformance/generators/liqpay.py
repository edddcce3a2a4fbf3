# packages: liqpay-sdk-python3==1.0.6
import base64
import json
import sys
from urllib.parse import quote_plus

sys.path.pop(0)  # this file's folder, where the package's name is this file's
from cases import put, read, same, suite
from liqpay import LiqPay


def callback(action, status, order):
    data = {
        "payment_id": 165629, "action": action, "status": status, "version": 3, "type": "buy", "paytype": "card",
        "public_key": "i00000000", "acq_id": 414963, "order_id": order, "description": "Замовлення 42", "amount": 1.0,
        "currency": "UAH", "create_date": 1767225600000, "end_date": 1767225600000, "transaction_id": 165629,
    }
    text = base64.b64encode(json.dumps(data, separators=(",", ":")).encode()).decode()
    return f"data={quote_plus(text)}&signature="


def signature(request, secret):
    return LiqPay("i00000000", secret).str_to_sign(secret + read(request, {"form": "data"}) + secret)


def another_data(request):
    put(request, {"form": "data"}, base64.b64encode(b'{"action":"pay","status":"success","amount":9}').decode())


suite(
    provider="liqpay",
    by="liqpay-sdk-python3==1.0.6 LiqPay.str_to_sign",
    config={"secrets": ["a4825234f4bae72a0be04eafe9e8e2bada209255"]},
    headers={"content-type": "application/x-www-form-urlencoded"},
    bodies=[
        {"name": "valid", "type": "pay.success", "body": callback("pay", "success", "order-42")},
        {"name": "valid-failure", "type": "pay.failure", "body": callback("pay", "failure", "order-43")},
    ],
    sign=lambda request, secret, now: put(request, {"form": "signature"}, signature(request, secret)),
    accepts=lambda request, secret, now: same(read(request, {"form": "signature"}), signature(request, secret)),
    signature={"form": "signature"},
    covers=[],  # only the field data is signed
    odd_bodies=False,
    forge={"another-data": another_data},
)
