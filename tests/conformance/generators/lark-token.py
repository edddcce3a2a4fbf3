# packages: lark-oapi==1.7.5
import logging

from cases import put, suite
from lark_oapi.core.model import RawRequest
from lark_oapi.event.dispatcher_handler import EventDispatcherHandler

logging.disable(logging.CRITICAL)
TOKEN = "v-9d8c7b6a5f4e4d3c8b2a"
MESSAGE = '{"schema":"2.0","header":{"event_id":"5e3702a84e847582be8db7fb73283c02","token":"","create_time":"1767225600000","event_type":"im.message.receive_v1","tenant_key":"736588c9260f175e","app_id":"cli_9f5343c580712544"},"event":{"sender":{"sender_id":{"open_id":"ou_84aad35d084aa403a838cf73ee18467"},"sender_type":"user"},"message":{"message_id":"om_5ce6d572455d361153b7cb51da133945","create_time":"1767225600000","chat_id":"oc_5ce6d572455d361153b7xx51da133945","chat_type":"group","message_type":"text","content":"{\\"text\\":\\"hello\\"}"}}}'
APPROVAL = '{"ts":"1767225600.000000","uuid":"bc447199585340d1f3728d26b1c0297a","token":"","type":"event_callback","event":{"app_id":"cli_9f5343c580712544","tenant_key":"736588c9260f175e","type":"approval_instance","status":"APPROVED"}}'


def sign(request, secret, now):
    put(request, {"json": "/header/token" if "header" in request.json else "/token"}, secret)


def accepts(request, secret, now):
    handler = (
        EventDispatcherHandler.builder("", secret)
        .register_p2_im_message_receive_v1(lambda event: None)
        .register_p1_customized_event("approval_instance", lambda event: None)
        .build()
    )
    raw = RawRequest()
    raw.uri, raw.headers, raw.body = "/in/lark-token", request.headers, request.body
    return handler.do(raw).status_code == 200


suite(
    provider="lark-token",
    by="lark-oapi@1.7.5 EventDispatcherHandler.do",
    config={"secrets": [TOKEN]},
    bodies=[
        {"name": "valid", "type": "im.message.receive_v1", "id": "5e3702a84e847582be8db7fb73283c02", "body": MESSAGE},
        {"name": "valid-approval-instance", "type": "approval_instance", "id": "bc447199585340d1f3728d26b1c0297a", "body": APPROVAL},
    ],
    sign=sign,
    accepts=accepts,
    signature={"json": "/header/token"},
    covers=[],
    extra=[
        {
            "case": "url-verification", "expect": "handshake", "expect_status": 200, "expect_reply": '{"challenge":"ajls384kdjx98XX"}',
            "body": f'{{"challenge":"ajls384kdjx98XX","token":"{TOKEN}","type":"url_verification"}}',
        },
        {"case": "url-verification-wrong-token", "expect": "reject", "body": '{"challenge":"ajls384kdjx98XX","token":"wrong","type":"url_verification"}'},
    ],
)
