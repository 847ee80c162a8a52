"""Is the process up, can it serve, and how is it doing: for platforms, Prometheus and people."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from redis.exceptions import ResponseError
from rq import Worker

from app.metrics import ALL_SPECS, Sample, Spec, buckets, samples_of
from app.queues import ALL_QUEUES
from app.runtime import Runtime
from app.store.connection import StoreError
from app.web.endpoint_health import check_endpoints, endpoint_gauges

# An inbox whose oldest entry is older than this is stuck: see docs/runbook.md.
STUCK_SECONDS = 60
# RQ's worker writes a heartbeat at least this often (workers/pool.py).
_HEARTBEAT_SECONDS = 90


def create_health(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the routes that need no login, since they tell nothing personal."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def is_up() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def is_ready() -> tuple[Response, int]:
        checks = check_readiness(runtime)
        is_fine = all(check["ok"] for check in checks.values())
        return jsonify(ready=is_fine, checks=checks), 200 if is_fine else 503

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        runtime.metrics.flush()
        registry = CollectorRegistry()
        registry.register(_Collector(runtime))
        return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")

    return blueprint


def check_readiness(runtime: Runtime) -> dict[str, dict[str, Any]]:
    """Return each check with `ok`, what was seen, and what to do."""
    try:
        runtime.redis.ping()
    except StoreError as error:
        return {
            "redis": {
                "ok": False,
                "seen": type(error).__name__,
                "do": "see REDIS_URL and the server",
            }
        }
    age = inbox_age_seconds(runtime)
    checks: dict[str, dict[str, Any]] = {
        "redis": {"ok": True},
        "inbox": {
            "ok": age < STUCK_SECONDS,
            "seen": f"the oldest event has waited {age:.0f} s",
            "do": "look at the workers and at the failed jobs in /rq",
        },
    }
    alive = count_workers(runtime)
    for queue in ALL_QUEUES:
        checks[f"workers.{queue}"] = {
            "ok": alive[queue] > 0,
            "seen": f"{alive[queue]} alive",
            "do": "start `python -m workers`",
        }
    if runtime.deliveries.endpoints:
        checks["endpoints"] = check_endpoints(runtime)
    return checks


def inbox_age_seconds(runtime: Runtime) -> float:
    """Return how long the oldest event has waited, in seconds; 0 for an empty inbox."""
    oldest = runtime.inbox.oldest_received_at()
    return max((runtime.clock() - oldest).total_seconds(), 0.0) if oldest else 0.0


def count_workers(runtime: Runtime) -> dict[str, int]:
    """Return how many workers of each queue gave a sign of life lately."""
    alive = dict.fromkeys(ALL_QUEUES, 0)
    for worker in Worker.all(connection=runtime.redis):
        if _is_alive(worker.last_heartbeat, runtime.clock()):
            for name in worker.queue_names():
                alive[name] = alive.get(name, 0) + 1
    return alive


def _is_alive(heartbeat: datetime | None, now: datetime) -> bool:
    return heartbeat is not None and (now - heartbeat).total_seconds() < _HEARTBEAT_SECONDS


class _Collector:
    """Reads the sums of all processes and the state of Redis at the moment of the scrape."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        runtime = self._runtime
        samples: dict[str, list[Sample]] = {}
        for sample in samples_of(runtime.metric_store.read()):
            samples.setdefault(sample.spec.name, []).append(sample)
        for spec in ALL_SPECS:
            yield _family(spec, samples.get(spec.name, []))
        yield _gauge("heed_inbox_events", "Events accepted and not applied", runtime.inbox.size())
        yield _gauge(
            "heed_inbox_age_seconds",
            "How long the oldest of them has waited",
            inbox_age_seconds(runtime),
        )
        yield _gauge(
            "heed_outbox_confirmations", "Confirmations not sent yet", runtime.outbox.size()
        )
        alive = count_workers(runtime)
        workers = GaugeMetricFamily("heed_workers", "Workers alive", labels=("queue",))
        waiting = GaugeMetricFamily("heed_jobs_waiting", "Jobs in a queue", labels=("queue",))
        failed = GaugeMetricFamily("heed_jobs_failed", "Failed jobs kept by RQ", labels=("queue",))
        for queue in ALL_QUEUES:
            workers.add_metric((queue,), alive[queue])
            waiting.add_metric((queue,), runtime.queues.length(queue))
            failed.add_metric((queue,), runtime.queues.failed(queue))
        yield from (workers, waiting, failed)
        yield from endpoint_gauges(runtime)
        yield from _redis_gauges(runtime)


def _redis_gauges(runtime: Runtime) -> Iterator[Metric]:
    """Yield what in the state of Redis can lose opt-outs; nothing where it may not be asked."""
    try:
        info = runtime.redis.info()
    except ResponseError:
        return
    evicts = str(info.get("maxmemory_policy", "noeviction")) != "noeviction"
    yield _gauge("heed_redis_evicts", "1: a full Redis deletes opt-outs", evicts)
    yield _gauge(
        "heed_redis_append_only",
        "1: a crash of Redis loses a second at most",
        str(info.get("aof_enabled")) == "1",
    )
    yield _gauge("heed_redis_memory_bytes", "Memory in use", info.get("used_memory", 0))
    yield _gauge(
        "heed_redis_memory_limit_bytes", "Memory that it may use; 0: all", info.get("maxmemory", 0)
    )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _family(spec: Spec, samples: list[Sample]) -> Metric:
    if not spec.is_histogram:
        family = CounterMetricFamily(spec.name, spec.help, labels=spec.labels)
        for sample in samples:
            family.add_metric(sample.labels, sample.value)
        return family
    counts = {sample.labels[0]: sample.value for sample in samples if sample.part == "_bucket"}
    total, cumulative = 0.0, []
    for limit in buckets():
        total += counts.get(limit, 0.0)
        # "60.0" and never "60": Prometheus 3 writes it so by itself, and rules must fit both.
        cumulative.append(("+Inf" if limit == "inf" else str(float(limit)), total))
    seconds = sum(sample.value for sample in samples if sample.part == "_sum")
    histogram = HistogramMetricFamily(spec.name, spec.help)
    histogram.add_metric((), cumulative, sum_value=seconds)
    return histogram
