"""What the doctor says of the endpoints that events are delivered to."""

from collections.abc import Iterator

from app.domain.deliveries import EndpointState
from app.runtime import Runtime
from config.findings import Finding, Level


def check_endpoints(runtime: Runtime) -> Iterator[Finding]:
    """Look at each endpoint: whether it gets events, and what it never took."""
    deliveries, now = runtime.deliveries, runtime.clock()
    for endpoint in deliveries.endpoints:
        subject = f"endpoint {endpoint.id}"
        health, _ = deliveries.health.load(endpoint.id)
        counts = deliveries.lanes.counts(endpoint.id, now)
        if health.state is EndpointState.PAUSED:
            yield Finding(
                Level.WARN,
                subject,
                f"paused after failing for long ({health.last}); {counts.waiting} wait",
                "mend it: it is tried now and then and goes on by itself, or at once by "
                f"`flask --app app deliveries resume {endpoint.id}`",
            )
        elif health.state is EndpointState.DISABLED:
            yield Finding(
                Level.WARN,
                subject,
                f"answered 410 Gone and gets nothing; {counts.waiting} wait",
                f"`flask --app app deliveries resume {endpoint.id}`, or take it out of "
                "business.toml",
            )
        elif counts.dead:
            yield Finding(
                Level.WARN,
                subject,
                f"{counts.dead} dead letters",
                f"`flask --app app deliveries list {endpoint.id}`, then retry or drop",
            )
        else:
            yield Finding(Level.OK, subject, f"{counts.waiting} wait")
