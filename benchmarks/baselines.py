"""What the webhook is compared with: the least that a Flask route can do with the same body."""

import json
import os

from flask import Flask, Response, jsonify, request
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer


def create_bare() -> Flask:
    """Return a route that parses the body and answers; no secret, no meaning, no Redis."""
    app = Flask("bare", static_folder=None)

    @app.post("/webhooks/360dialog")
    def receive() -> Response:
        body = json.loads(request.get_data(cache=False))
        return jsonify(received=len(body["entry"]))

    @app.get("/healthz")
    def is_up() -> Response:
        return jsonify(status="ok")

    return app


def create_bare_with_job() -> Flask:
    """Return the same with one RQ job for each request, as most services do it."""
    app = Flask("bare_with_job", static_folder=None)
    redis = Redis.from_url(os.environ["REDIS_URL"])
    queue = Queue("baseline", connection=redis, serializer=JSONSerializer)

    @app.post("/webhooks/360dialog")
    def receive() -> Response:
        body = json.loads(request.get_data(cache=False))
        queue.enqueue("workers.jobs.apply_job", body["entry"][0]["id"], result_ttl=0)
        return jsonify(received=len(body["entry"]))

    @app.get("/healthz")
    def is_up() -> Response:
        return jsonify(status="ok")

    return app
