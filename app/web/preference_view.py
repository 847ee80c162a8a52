"""Put preference pages together: state and words into HTML."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import render_template, request
from markupsafe import Markup, escape

from app.domain.frequency import Cap, parse_cap, register_of
from app.domain.links import PreferenceLink
from app.domain.recipients import recipient_of_identity
from app.domain.records import RecipientView
from app.domain.times import from_milliseconds
from app.runtime import Runtime
from app.tokens import ForgedTokenError
from app.web.preference_assets import Assets
from app.web.preference_forms import CAPS, PAUSE_DAYS
from app.web.preference_guard import is_panel
from app.web.preference_state import PageState, Standing, describe
from app.web.preference_text import Voice, choose_page_language, list_languages

_CHANNEL_NAMES = {"whatsapp": "WhatsApp"}


class PageViews:
    """Writes the pages of one business."""

    def __init__(self, runtime: Runtime, assets: Assets) -> None:
        self._runtime = runtime
        self._assets = assets
        self._languages = list_languages(runtime.page_texts, runtime.replies)

    def page(
        self,
        link: PreferenceLink,
        view: RecipientView,
        *,
        notice: str | None = None,
        problem: str | None = None,
    ) -> str:
        """Return the page of one person; `notice` says what was just done, `problem` what not."""
        runtime, voice = self._runtime, self._voice(link, view)
        state = describe(view, runtime.business, runtime.clock())
        form = {
            "link": link.id,
            "shown": state.shown(),
            "language": voice.language,
            "wording": runtime.page_texts.version(voice.language),
        }
        return render_template(
            "preferences/page.html",
            **self._frame(voice),
            state=state,
            form=runtime.tokens.sign_form(form),
            notice=_say_notice(notice, state, voice),
            problem=voice(problem) if problem else None,
            status=_say_status(state, voice),
            pauses=[
                days for days in PAUSE_DAYS if days <= runtime.business.policy.longest_pause_days
            ],
            caps=lambda current: _list_caps(current, voice),
            cap_name=register_of,
            channel_name=lambda channel: _CHANNEL_NAMES.get(channel) or voice(f"channel_{channel}"),
            recorded=_list_recorded(state, voice),
            person=Markup('<bdi dir="ltr">{}</bdi>').format(
                recipient_of_identity(view.identity).masked
            ),
        )

    def gone(self) -> str:
        """Return the page that helps where a link leads to nobody."""
        voice = self._voice(None, None)
        return render_template(
            "preferences/gone.html", **self._frame(voice), chat=self._chat_address(voice)
        )

    def later(self) -> str:
        """Return the page that says to try again."""
        voice = self._voice(None, None)
        return render_template("preferences/later.html", **self._frame(voice))

    def read_notice(self, link: PreferenceLink) -> str | None:
        """Return what the person has just done, from the address they were sent to."""
        token = request.args.get("done")
        if not token:
            return None
        try:
            return str(self._runtime.tokens.read_notice(token, link_id=link.id).get("done"))
        except ForgedTokenError:
            return None

    def address(self, token: str | None = None, **changes: str) -> str:
        """Return the page's own address with what it was asked with."""
        path = f"/preferences/{token}" if token else request.path
        kept = {
            name: request.args[name] for name in ("lang", "view", "origin") if name in request.args
        }
        query = urlencode({**kept, **changes})
        return f"{path}?{query}" if query else path

    def _frame(self, voice: Voice) -> dict[str, Any]:
        origin = request.args.get("origin", "")
        is_allowed = is_panel() and origin in self._runtime.business.page.panel_origins
        return {
            "voice": voice,
            "assets": self._assets,
            "business": self._runtime.business,
            "languages": self._languages,
            "address": self.address,
            "is_panel": is_panel(),
            "parent": origin if is_allowed else None,
        }

    def _chat_address(self, voice: Voice) -> str | None:
        """Return where a tap opens the chat with the word already written."""
        digits = (
            "".join(one for one in number.display_phone_number if one.isdecimal())
            for number in self._runtime.business.numbers
        )
        number = next((one for one in digits if one), None)
        word = quote(voice.style.words["PREFERENCES"])
        return f"https://wa.me/{number}?text={word}" if number else None

    def _voice(self, link: PreferenceLink | None, view: RecipientView | None) -> Voice:
        runtime = self._runtime
        language = choose_page_language(
            asked=request.args.get("lang"),
            link=link,
            preferences=view.preferences if view else None,
            accepted=request.accept_languages,
            business=runtime.business,
            available=self._languages,
            countries=runtime.applier.countries,
        )
        return Voice(language, runtime.page_texts, runtime.replies, runtime.business)


def _say_status(state: PageState, voice: Voice) -> Markup:
    if state.standing is Standing.STOPPED:
        return voice.reply("still_stopped")
    if state.standing is Standing.PAUSED and state.paused_until:
        return voice("state_paused", date=voice.date(state.paused_until))
    return voice("state_on" if state.standing is Standing.ON else "state_unknown")


def _say_notice(done: str | None, state: PageState, voice: Voice) -> Markup | None:
    """Say what was done, as long as it is still so: another tab may have undone it meanwhile."""
    is_stopped = state.standing is Standing.STOPPED
    if done == "stop" and is_stopped:
        return voice.reply("stop")
    if done == "start" and not is_stopped:
        return voice.reply("start")
    if done == "pause" and state.paused_until:
        return voice.reply("pause", date=voice.date(state.paused_until))
    if done == "resume" and not state.paused_until:
        return voice.reply("resume")
    plain = {"save": "saved", "unchanged": "unchanged"}.get(done or "")
    return voice(plain) if plain else None


def _list_caps(current: str, voice: Voice) -> list[tuple[str, Markup]]:
    """Return the caps that can be chosen; the person's own is among them, whatever it is."""
    offered = [cap for text in CAPS if (cap := parse_cap(text))]
    own = parse_cap(current)
    if own and own not in offered:
        offered.insert(0, own)
    values = {str(cap): cap for cap in offered}
    if own and current != str(own):
        values = {(current if cap == own else text): cap for text, cap in values.items()}
    return [
        ("", voice("often_any")),
        *((text, _say_cap(cap, voice)) for text, cap in values.items()),
    ]


def _say_cap(cap: Cap, voice: Voice) -> Markup:
    return voice(f"often_{cap.period}", count=escape(cap.most))


def _list_recorded(state: PageState, voice: Voice) -> list[tuple[Markup | str, Any, Markup]]:
    return [
        (*_say_register(name, value, voice), voice("since", date=voice.date(moment)))
        for name, value, moment in state.recorded
    ]


def _say_register(name: str, value: Any, voice: Voice) -> tuple[Markup | str, Any]:
    """Return what a register is called and what it says."""
    kind, _, topic = name.partition(".")
    if kind == "topics":
        return voice.topic(topic), voice.reply("state_on" if value else "state_off")
    if kind == "frequency":
        cap = parse_cap(value)
        title = f"{voice('often_title')}: {voice.topic(topic)}" if topic else voice("often_title")
        return title, _say_cap(cap, voice) if cap else value
    if kind == "channel":
        return voice("channel_title"), _CHANNEL_NAMES.get(value) or voice(f"channel_{value}")
    if kind == "language":
        return voice("language"), voice.name_language(value)
    if kind == "paused_until":
        until = voice.date(from_milliseconds(value))
        return voice.reply("state_pause"), voice.reply("state_until", date=until)
    is_on = value not in {"opted_out", "stopped"}
    label = (
        voice("record_switch") if kind == "whatsapp_marketing" else voice.reply("state_messages")
    )
    return label, voice.reply("state_on" if is_on else "state_off")
