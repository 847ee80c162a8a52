"""What is stored about people, in bytes of Redis, and what the processes need."""

from benchmarks.people import People
from benchmarks.processes import memory_bytes
from benchmarks.service import Part, Service
from benchmarks.table import Table, say_bytes

_FIRST_PERSON = 700_000


def measure_memory(service: Service, *, people_count: int) -> Table:
    """Store people and their events, and divide what Redis grew by."""
    service.reset()
    web = service.start_web()
    pool = service.start_pool()
    service.wait_for_workers()
    people = People(service)
    persons = range(_FIRST_PERSON, _FIRST_PERSON + people_count)
    sizes = [_used(service)]
    for position, text in enumerate(("STOP", "START", "STOP")):
        for person in persons:
            people.write(person, text, later_seconds=2 * position)
        people.wait_until_done(seconds=300)
        sizes.append(_used(service))
    kept = _kept(service)
    table = Table(
        "Memory",
        ("what", "size", "means"),
        (
            (
                "a recipient with a first event",
                say_bytes((sizes[1] - sizes[0]) / people_count),
                "preferences, evidence of the event, of the answer and of its delivery, dedupe",
            ),
            (
                "each event after that",
                say_bytes((sizes[3] - sizes[1]) / 2 / people_count),
                "the same without the record",
            ),
            (
                "of it kept for ever",
                say_bytes(kept / people_count / 3),
                "an event's share of preferences and evidence; the rest goes after 14 days",
            ),
            *_rows_of("web (gunicorn, 2 workers)", web),
            *_rows_of("workers (pool of 4 and the schedule)", pool),
        ),
        (
            (
                f"{people_count} people in Valkey, three commands each, with answers and statuses. "
                "PSS counts pages that processes share once: what a machine really gives."
            ),
        ),
    )
    service.stop_pools()
    service.reset()
    return table


def _rows_of(name: str, part: Part) -> tuple[tuple[str, str, str], ...]:
    resident, shared_once = memory_bytes([part.pid, *part.members()])
    return ((name, f"{say_bytes(shared_once)} PSS", f"{say_bytes(resident)} RSS, summed"),)


def _used(service: Service) -> int:
    return int(service.store.info("memory")["used_memory_dataset"])


def _kept(service: Service) -> int:
    total = 0
    for key in service.store.scan_iter("heed:*", count=1000):
        if service.store.ttl(key) == -1 and (b"preferences" in key or b"evidence" in key):
            total += int(service.store.memory_usage(key))
    return total
