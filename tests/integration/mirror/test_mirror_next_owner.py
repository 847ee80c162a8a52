"""A number that is somebody else's now: the mirror has both of them, as Heed has."""

from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from app.cli.mirror_work import follower_of
from app.mirror.follow import Follower, catch_up, rebuild
from app.mirror.tables import ADDRESSES, RECIPIENTS
from app.runtime import Runtime
from tests.builders import ADA, ADA_BSUID, API_HEADERS
from tests.forgetting import message, say


def chosen(mirror: Follower) -> dict[str, str]:
    """Return for each address what whoever has it has chosen, as a query would join it."""
    query = select(ADDRESSES.c.address, RECIPIENTS.c.messages).join(
        RECIPIENTS, RECIPIENTS.c.recipient == ADDRESSES.c.recipient
    )
    with mirror.mirror.engine.connect() as connection:
        return {one[0]: one[1] for one in connection.execute(query)}


def test_the_former_owner_keeps_the_stop_and_the_next_one_begins_anew(
    client: FlaskClient, runtime: Runtime, engine: Engine, now: datetime
) -> None:
    mirror = follower_of(runtime, engine)
    catch_up(mirror)
    say(client, runtime, message("STOP", now - timedelta(minutes=2)))
    catch_up(mirror)
    assert chosen(mirror) == {ADA: "opted_out", ADA_BSUID: "opted_out"}

    reassign = {"evidence": {"reason": "the new owner wrote to us"}}
    path = f"/v1/recipients/{ADA}/reassigned"
    assert client.post(path, json=reassign, headers=API_HEADERS).status_code == 200
    catch_up(mirror)

    followed = chosen(mirror)
    assert followed == {ADA: "unknown", ADA_BSUID: "opted_out"}
    rebuild(mirror)
    assert chosen(mirror) == followed
    # Who writes from the number again belongs to it again.
    say(client, runtime, message("START", now + timedelta(seconds=2)))
    catch_up(mirror)
    assert chosen(mirror) == {ADA: "opted_in", ADA_BSUID: "opted_in"}
