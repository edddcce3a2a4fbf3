# packages: videogen==2.5.3
import sys
from base64 import b64decode

from cases import hmac, put, suite

sys.path.pop(0)  # else this file is imported in the package's place
from videogen import verify_webhook_signature


def sign(request, secret, now):
    content = f"{request.headers['webhook-id']}.{now}.{request.text}"
    request.headers["webhook-timestamp"] = str(now)
    request.headers["webhook-signature"] = "v1," + hmac("sha256", b64decode(secret[6:]), content, "base64")


def accepts(request, secret, now):
    verify_webhook_signature(request.body, request.headers, secret)
    return True


suite(
    provider="videogen",
    by="videogen@2.5.3 verify_webhook_signature",
    config={"secrets": ["whsec_aQocSEW9ta+TdqSNlYRBsgwm+NDI/F9X"]},
    bodies=[
        {
            "name": "valid",
            "type": "tool_execution.succeeded",
            "id": "msg_YHjdKYD8zBSX2lyKcwFeuvfC6Q8",
            "headers": {"webhook-id": "msg_YHjdKYD8zBSX2lyKcwFeuvfC6Q8"},
            "body": '{"event":"tool_execution.succeeded","toolExecutionId":"vg_exec_01jgfj8x2m","toolType":"PROMPT_TO_IMAGE","occurredAt":1767225600,"results":[{"storageFileId":"vg_file_01jgfj8x2n","type":"IMAGE","file":{"storageFileId":"vg_file_01jgfj8x2n","type":"IMAGE","scope":"GLOBAL","displayName":"A mountain at sunrise","downloadSource":{"status":"ready","url":"https://files.example.com/vg_file_01jgfj8x2n","expiresAt":1767229200}}}]}',
        },
        {
            "name": "valid-tool-execution-failed",
            "type": "tool_execution.failed",
            "id": "msg_iib10KlusoAYJ6uftlNPnOjqmYf",
            "headers": {"webhook-id": "msg_iib10KlusoAYJ6uftlNPnOjqmYf"},
            "body": '{"event":"tool_execution.failed","toolExecutionId":"vg_exec_01jgfj8x2p","toolType":"PROMPT_TO_VIDEO","occurredAt":1767225605,"error":{"message":"The prompt was refused."}}',
        },
    ],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 300},
    forge={
        "another-id": lambda request: put(request, "webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"),
        "missing-id": lambda request: put(request, "webhook-id", None),
    },
)
