"""People are known by a phone number in any form, or by a BSUID."""

import pytest

from app.domain.recipients import (
    Recipient,
    RecipientError,
    parse_recipient,
    recipient_of_identity,
    spellings_of,
)

SAME_NUMBER = [
    "447700900123",
    "+447700900123",
    "00447700900123",
    "+44 7700 900123",
    "+44 (7700) 900-123",
    "  +44.7700.900.123 ",
    "\u200e+44\u00a07700\u202f900123",
    "٤٤٧٧٠٠٩٠٠١٢٣",
    "+44\u20117700\u2011900123",
]

NOT_RECIPIENTS = [
    "",
    "   ",
    "+",
    "1234",
    "0",
    "abc",
    "+44x7700900123",
    "4477009001234567",
    "GB",
    "GB.",
    "gb.817",
    "GB.ENT.90817263549081726354",
    "GB.81-72",
    "4477⁰0900123",
    "+" * 100_000,
    f"447700900123{' ' * 155}9",
]


@pytest.mark.parametrize("text", SAME_NUMBER)
def test_a_phone_number_in_any_form_is_one_number(text: str) -> None:
    assert parse_recipient(text) == Recipient(wa_id="447700900123")


@pytest.mark.parametrize(
    ("kept", "other"),
    [
        pytest.param("5511987654321", "551187654321", id="Brazil, without the 9 of today"),
        pytest.param("525512345678", "5215512345678", id="Mexico, with the 1 of old"),
        pytest.param("5491123456789", "541123456789", id="Argentina, without its 9"),
    ],
)
def test_a_number_with_two_spellings_is_one_person(kept: str, other: str) -> None:
    assert Recipient(wa_id=other).root == Recipient(wa_id=kept).root == f"wa.{kept}"
    assert spellings_of(other) == spellings_of(kept) == (kept, other)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("551132654321", id="a fixed line of São Paulo"),
        pytest.param("5511387654321", id="thirteen digits without a 9 there"),
        pytest.param("447700900123", id="another country"),
        pytest.param("5215512345", id="too short for Mexico"),
    ],
)
def test_any_other_number_has_one_spelling(number: str) -> None:
    assert spellings_of(number) == (number,)


def test_a_bsuid_is_taken_as_it_is() -> None:
    assert parse_recipient(" GB.81726Aa ") == Recipient(bsuid="GB.81726Aa")


@pytest.mark.parametrize("text", NOT_RECIPIENTS)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(RecipientError) as raised:
        parse_recipient(text)

    assert "4477009001234567" not in str(raised.value)


def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(RecipientError):
        Recipient(wa_id="", bsuid=None)


def test_the_phone_number_is_the_root_where_there_is_one() -> None:
    both = Recipient(wa_id="447700900123", bsuid="GB.817")

    assert both.identities == ("wa.447700900123", "bs.GB.817")
    assert both.root == "wa.447700900123"
    assert Recipient(bsuid="GB.817").root == "bs.GB.817"


@pytest.mark.parametrize("recipient", [Recipient(wa_id="447700900123"), Recipient(bsuid="GB.817")])
def test_a_stored_identity_names_the_same_recipient(recipient: Recipient) -> None:
    assert recipient_of_identity(recipient.root) == recipient


def test_neither_the_mask_nor_the_repr_tells_who_it_is() -> None:
    number, bsuid = Recipient(wa_id="447700900123"), Recipient(bsuid="GB.81726354908172635490")

    assert number.masked == "+44•••••0123"
    assert bsuid.masked == "GB.•••••5490"
    assert "7700900" not in repr(number)
    assert "8172635490817" not in repr(bsuid)
