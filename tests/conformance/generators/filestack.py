# packages: filestack-python==4.0.0
import sys

from cases import hmac, suite

sys.path.pop(0)  # this folder, whose filestack.py is not the package
from filestack.helpers import verify_webhook_signature

BODY = '{"id":2023,"action":"fp.upload","timestamp":1767225600,"text":{"container":"your-bucket","url":"https://cdn.filestackcontent.com/bfTNCigRLq0QMI3oUlPG","filename":"file.png","client":"Computer","key":"kGaeljnga9wkysK6Z_file.png","type":"image/png","status":"Stored","size":158584}}'


def sign(request, secret, now):
    request.headers["fs-timestamp"] = str(now)
    request.headers["fs-signature"] = hmac("sha256", secret, f"{now}.{request.text}")


suite(
    provider="filestack",
    by="filestack-python@4.0.0 helpers.verify_webhook_signature",
    config={"secrets": ["A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"]},
    bodies=[{"name": "valid", "type": "fp.upload", "id": "2023", "body": BODY}],
    sign=sign,
    accepts=lambda request, secret, now: verify_webhook_signature(secret, request.body, request.headers)[0],
    timestamped={"tolerance_s": 300},
    lenient=["stale-timestamp", "future-timestamp"],  # it never looks at the time
)
