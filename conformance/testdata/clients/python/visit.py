"""Reads jobs as JSON from standard input, runs them, many at once, and writes what went wrong with each."""

import json
import logging
import os
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.types import HttpTransportType

transports = {t.value: t for t in HttpTransportType}


def visit(job):
    """Does what visit.mjs does, without the stream, and returns what went wrong, or an empty text."""
    opened, called, answered, closed = (threading.Event() for _ in range(4))
    limit = job["limit"] / 1000
    connection = None
    try:
        connection = HubConnectionBuilder().with_url(job["url"], options={
            "transport": transports[job["transport"]],
            "ssl_context": ssl.create_default_context(cafile=os.environ["NODE_EXTRA_CA_CERTS"]),
        }).configure_logging(logging.CRITICAL).build()
        connection.on_open(opened.set)
        connection.on_close(closed.set)
        connection.on("echo", lambda arguments: called.set())
        connection.start()
        await_(opened, limit, "start")
        echo(connection, "hello ✓", answered, limit)
        await_(called, limit, "the call back")
        time.sleep(job["idle"] / 1000)
        if closed.is_set():
            raise RuntimeError("closed while idle")
        answered.clear()
        echo(connection, "x" * 20000, answered, limit)
        connection.stop()
        return ""
    except Exception as error:  # whatever the client throws is what went wrong
        if connection is not None:
            threading.Thread(target=quietly, args=(connection.stop,), daemon=True).start()
        return f"{type(error).__name__}: {error}"


def echo(connection, text, answered, limit):
    """Calls the hub; another text that comes back is as good as none."""
    def on_answer(message):
        if message.result == text:
            answered.set()
    connection.send("echo", [text], on_answer)
    await_(answered, limit, "a call")


def await_(event, limit, what):
    if not event.wait(limit):
        raise TimeoutError(f"{what} took more than {limit} s")


def quietly(call):
    try:
        call()
    except Exception:  # it failed before already
        pass


threading.excepthook = lambda _: None
jobs = json.load(sys.stdin)
with ThreadPoolExecutor(50) as pool:
    results = list(pool.map(visit, jobs))
sys.stdout.write(json.dumps(results))
sys.stdout.flush()
os._exit(0)  # the client leaves threads behind
