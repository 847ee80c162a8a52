"""How the endpoints are doing, for metrics, readiness and the doctor."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric

from app.domain.deliveries import EndpointState
from app.runtime import Runtime


def endpoint_gauges(runtime: Runtime) -> Iterator[Metric]:
    """Yield what waits for each endpoint at the moment of the scrape."""
    labels = ("endpoint",)
    waiting = GaugeMetricFamily(
        "heed_deliveries_waiting", "Events that an endpoint has not got", labels=labels
    )
    age = GaugeMetricFamily(
        "heed_deliveries_age_seconds", "How long the oldest of them has waited", labels=labels
    )
    dead = GaugeMetricFamily("heed_dead_letters", "Events that were given up", labels=labels)
    closed = GaugeMetricFamily(
        "heed_endpoint_closed", "1 while an endpoint is paused or disabled", labels=labels
    )
    now, deliveries = runtime.clock(), runtime.deliveries
    for endpoint in deliveries.endpoints:
        counts = deliveries.lanes.counts(endpoint.id, now)
        since = counts.oldest_since
        waiting.add_metric((endpoint.id,), counts.waiting)
        age.add_metric((endpoint.id,), max((now - since).total_seconds(), 0.0) if since else 0.0)
        dead.add_metric((endpoint.id,), counts.dead)
        state = deliveries.health.load(endpoint.id)[0].state
        closed.add_metric((endpoint.id,), 0 if state is EndpointState.OPEN else 1)
    yield from (waiting, age, dead, closed)


def check_endpoints(runtime: Runtime) -> dict[str, Any]:
    """Return what readiness says of the endpoints; one that is down makes nothing else unready."""
    closed = [
        f"{one.id} is {state.value}"
        for one in runtime.deliveries.endpoints
        if (state := runtime.deliveries.health.load(one.id)[0].state) is not EndpointState.OPEN
    ]
    check: dict[str, Any] = {"ok": True}
    if closed:
        check["seen"] = ", ".join(closed)
        check["do"] = "see `flask --app app deliveries list`"
    return check
