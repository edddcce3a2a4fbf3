# packages: sslcommerz-lib==1.0 requests==2.32.5
from urllib.parse import parse_qsl

from cases import put, suite
from sslcommerz_lib import SSLCOMMERZ
import hashlib

NAMES = (
    "amount,bank_tran_id,base_fair,card_brand,card_issuer,card_issuer_country,card_issuer_country_code,card_no,card_type,currency,"
    "currency_amount,currency_rate,currency_type,error,risk_level,risk_title,status,store_amount,store_id,tran_date,tran_id,val_id,"
    "value_a,value_b,value_c,value_d"
)


def ipn(status, names=NAMES, **other):
    values = {
        "tran_id": "5c448d0f3e4c5", "val_id": "1901202103021hGtHAHrpVDxNWr", "amount": "2000.00", "card_type": "VISA-Dutch Bangla",
        "store_amount": "1950.00", "card_no": "418117XXXXXX6675", "bank_tran_id": "190120210302SZtcbkpqVfvHQPz", "status": status,
        "tran_date": "2026-01-01 00:00:00", "error": "", "currency": "BDT", "card_issuer": "TRUST BANK, LTD.", "card_brand": "VISA",
        "card_issuer_country": "Bangladesh", "card_issuer_country_code": "BD", "store_id": "testbox", "currency_type": "BDT",
        "currency_amount": "2000.00", "currency_rate": "1.0000", "base_fair": "0.00", "value_a": "", "value_b": "", "value_c": "",
        "value_d": "", "risk_level": "0", "risk_title": "Safe", "verify_sign": "x", "verify_key": names,
    }
    values.update(other)
    return "&".join(f"{name}={value.replace(' ', '+').replace(',', '%2C').replace(':', '%3A')}" for name, value in values.items())


def fields(request):
    return dict(parse_qsl(request.text, keep_blank_values=True))


def sign(request, secret, now):
    values = fields(request)
    signed = {name: values[name] for name in values["verify_key"].split(",")}
    signed["store_passwd"] = hashlib.md5(secret.encode()).hexdigest()
    text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
    put(request, {"form": "verify_sign"}, hashlib.md5(text.encode()).hexdigest())


def accepts(request, secret, now):
    store = SSLCOMMERZ({"store_id": "testbox", "store_pass": secret, "issandbox": True})
    return store.hash_validate_ipn(fields(request))


def changed(name, value):
    return lambda request: put(request, {"form": name}, value)


def only_the_store(request):
    values = fields(request)
    put(request, {"form": "verify_key"}, "store_id")
    sign(request, "testbox@ssl-4f8a1c6d", 0)


def without_status(request):
    put(request, {"form": "verify_key"}, NAMES.replace("status,", ""))
    sign(request, "testbox@ssl-4f8a1c6d", 0)


suite(
    provider="sslcommerz",
    by="sslcommerz-lib 1.0 SSLCOMMERZ.hash_validate_ipn",
    config={"secrets": ["testbox@ssl-4f8a1c6d"]},
    headers={"content-type": "application/x-www-form-urlencoded"},
    bodies=[
        {"name": "valid", "type": "payment.valid", "id": "5c448d0f3e4c5:190120210302SZtcbkpqVfvHQPz:VALID", "body": ipn("VALID")},
        {"name": "valid-failed", "type": "payment.failed", "id": "5c448d0f3e4c5:190120210302SZtcbkpqVfvHQPz:FAILED", "body": ipn("FAILED", error="Declined")},
        {
            "name": "valid-newer-fields",
            "type": "payment.valid",
            "id": "5c448d0f3e4c5:190120210302SZtcbkpqVfvHQPz:VALID",
            "body": ipn("VALID", NAMES.replace("card_issuer,", "card_category,card_issuer,").replace("card_type,", "card_ref_id,card_sub_brand,card_type,"),
                        card_category="DEBIT", card_ref_id="ab12", card_sub_brand="Classic"),
        },
    ],
    sign=sign,
    accepts=accepts,
    signature={"form": "verify_sign"},
    covers=[],
    odd_bodies=False,
    forge={
        "another-amount": changed("amount", "1.00"),
        "another-status": changed("status", "VALIDATED"),
        "another-transaction": changed("tran_id", "5c448d0f3e4c6"),
        "another-currency": changed("currency", "USD"),
        # Signed by the store's own password, and yet with less than all fields.
        "fewer-fields-signed": only_the_store,
        "status-not-signed": without_status,
    },
    lenient=["fewer-fields-signed", "status-not-signed"],
)
