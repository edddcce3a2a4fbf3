#!/usr/bin/env python3
"""An HTTPS server that a test tells what to answer, and that tells what it was asked.

usage: https_server.py CERTIFICATE KEY

It listens on a free port of 127.0.0.1, writes the port as a line, and then answers each line of
JSON on standard input by one:

    {"at": TARGET, "answer": {"status": 200, "headers": {}, "body": "", "pad_to": 0, "holds": false}}
        what GET or POST of TARGET, a path with or without its query, is answered from now on; the
        body is padded with spaces. An answer that holds is given once another takes its place.
    {"told": true}
        {"requests": [TARGET, ...], "connections": 1, "failed_handshakes": 0}

It ends with its standard input.
"""

import argparse
import http.server
import json
import ssl
import sys
import threading


class State:
    def __init__(self):
        self.changed = threading.Condition()
        self.answers = {}
        self.requests = []
        self.connections = 0
        self.failed_handshakes = 0

    def answer(self, target):
        """Notes the request, and waits until there is an answer for it that does not hold."""
        with self.changed:
            self.requests.append(target)
            while True:
                answer = self.answers.get(target) or self.answers.get(target.split("?")[0])
                if answer is None or not answer.get("holds"):
                    return answer or {"status": 404, "body": "no such path"}
                self.changed.wait()

    def told(self):
        with self.changed:
            return {
                "requests": list(self.requests),
                "connections": self.connections,
                "failed_handshakes": self.failed_handshakes,
            }

    def put(self, target, answer):
        with self.changed:
            self.answers[target] = answer
            self.changed.notify_all()
        return {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = None
    context = None

    def setup(self):
        state = self.state
        with state.changed:
            state.connections += 1
        try:
            self.request.settimeout(60)
            self.request = self.context.wrap_socket(self.request, server_side=True)
        except OSError:
            with state.changed:
                state.failed_handshakes += 1
            raise
        super().setup()

    def do_GET(self):
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        answer = self.state.answer(self.path)
        body = answer.get("body", "").encode().ljust(answer.get("pad_to", 0))
        self.send_response(answer.get("status", 200))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        # A client that leaves early is what some tests want.
        pass


def main():
    arguments = parse_arguments()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments.certificate, arguments.key)
    state = State()
    Handler.state = state
    Handler.context = context
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "at" in order:
            said = state.put(order["at"], order["answer"])
        else:
            said = state.told()
        print(json.dumps(said), flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("certificate")
    parser.add_argument("key")
    return parser.parse_args()


if __name__ == "__main__":
    main()
