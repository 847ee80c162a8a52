"""Who looked at whom, for administrators."""

import json
import re

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.times import to_text
from app.store.access import MOST_ENTRIES, Access, AccessEntry
from app.web.console.context import Console, language
from app.web.console.lookup import read_people
from app.web.console.pages import render_page
from app.web.console.review import send_lines

_PAGE = 100
_UNPROCESSABLE = 422
_MARK = re.compile(r"[0-9a-f]{24}")
_ENTRY_ID = re.compile(r"[0-9]{1,15}-[0-9]{1,10}")


def add_routes(blueprint: Blueprint, console: Console) -> None:
    """Add the routes of this file."""

    @blueprint.get("/access")
    def show_access() -> Response:
        return _show()

    @blueprint.post("/access")
    def filter_access() -> ResponseReturnValue:
        text = request.form.get("who", "").strip()
        if not text:
            return redirect(url_for("console.show_access"), 303)
        people = read_people(text, console.runtime.business)
        if len(people) != 1:
            return _show(language().text("look_up.wrong"), text[:200])
        # The address has the keyed hash, which names nobody.
        mark = console.access.hash_of(console.root_of(people[0]))
        return redirect(url_for("console.show_access", whom=mark), 303)

    @blueprint.get("/access/export")
    def export_access() -> Response:
        console.record(Access.EXPORTED, why="access log")
        entries = console.access.read(most=MOST_ENTRIES)
        lines = "".join(json.dumps(_to_json(one)) + "\n" for one in entries)
        return send_lines(lines, "access.jsonl")

    def _show(fault: str = "", who: str = "") -> Response:
        whom = request.args.get("whom", "")
        before = request.args.get("before", "")
        mark = whom if _MARK.fullmatch(whom) else None
        entries = console.access.read(
            most=_PAGE + 1,
            before=before if _ENTRY_ID.fullmatch(before) else None,
            whom_hash=mark,
        )
        return render_page(
            console,
            "access",
            status=_UNPROCESSABLE if fault else 200,
            entries=[
                {
                    "when": console.write_moment(one.at),
                    "who": one.who,
                    "did": language().text(f"did.{one.action.value}"),
                    "whom": one.whom,
                    "mark": one.whom_hash,
                    "why": one.why,
                }
                for one in entries[:_PAGE]
            ],
            older=entries[_PAGE - 1].id if len(entries) > _PAGE else None,
            mark=mark,
            fault=fault,
            who=who,
        )


def _to_json(entry: AccessEntry) -> dict[str, str | None]:
    return {
        "at": to_text(entry.at),
        "who": entry.who,
        "action": entry.action.value,
        "whom": entry.whom,
        "mark": entry.whom_hash,
        "why": entry.why,
    }
