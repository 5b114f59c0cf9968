# A callback server in plaintext mode, by the platform's pages, on nothing but Python's standard library.
import hashlib
import hmac
import itertools
import os
import time
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

TOKEN = os.environ["TOKEN"]
runs = itertools.count(1)


def is_signed(query):
    parts = sorted([TOKEN, query.get("timestamp", ""), query.get("nonce", "")])
    expected = hashlib.sha1("".join(parts).encode()).hexdigest()
    return hmac.compare_digest(expected.encode(), query.get("signature", "").encode())


def answer_to(message):
    kind, event = message.get("MsgType"), message.get("Event")
    if kind == "text" and (message.get("Content") or "").strip():
        inner = f"<Content>{escape(message['Content'][:600])} (run {next(runs)})</Content>"
    elif kind == "event" and event == "CLICK":
        inner = f"<Content>{escape(message['EventKey'])} (run {next(runs)})</Content>"
    else:
        return "success"
    user, account = escape(message["FromUserName"]), escape(message["ToUserName"])
    return (
        f"<xml><ToUserName>{user}</ToUserName><FromUserName>{account}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType>{inner}</xml>"
    )


class Handler(BaseHTTPRequestHandler):
    def query(self):
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def say(self, status, text="", kind="text/plain; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        query = self.query()
        self.say(200, query.get("echostr", "")) if is_signed(query) else self.say(403)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not is_signed(self.query()):
            return self.say(403)
        try:
            message = {element.tag: element.text for element in ElementTree.fromstring(body.strip())}
        except ElementTree.ParseError:
            return self.say(200, "success")
        return self.say(200, answer_to(message), "application/xml")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


server = Server(("127.0.0.1", int(os.environ.get("PORT", "0"))), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
