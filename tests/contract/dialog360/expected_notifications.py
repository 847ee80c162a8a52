"""What Heed understands of each golden notification, written out by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.events import event_id_of
from app.domain.inbound import (
    IdentityChange,
    Ignored,
    InboundMessage,
    Item,
    MarketingSwitch,
    MessageKind,
    Notification,
    Referral,
    Signup,
)
from app.domain.recipients import Recipient

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = Recipient(wa_id="447700900123", bsuid="GB.81726354908172635490")
ADA_BY_PHONE = Recipient(wa_id="447700900123")
ADA_BY_BSUID = Recipient(bsuid="GB.81726354908172635490")
ADA_MOVED = Recipient(wa_id="447700900777", bsuid="GB.11112222333344445555")
ADA_MOVED_BY_PHONE = Recipient(wa_id="447700900777")
ADA_MOVED_BY_BSUID = Recipient(bsuid="GB.11112222333344445555")
BO = Recipient(wa_id="15550100456", bsuid="US.55443322110099887766")
CAIO = Recipient(wa_id="5511900001111", bsuid="BR.10293847561029384756")


def wamid(end: str) -> str:
    return f"wamid.HQYMNDQ3NzAwOTAwMTIzFQIAEhgU{end}"


def seconds_after_noon(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def message(
    message_id: str,
    kind: MessageKind,
    *,
    recipient: Recipient = ADA,
    occurred_at: datetime = NOON,
    phone_number_id: str | None = "200300400500600",
    text: str | None = None,
    button_id: str | None = None,
    label: str | None = None,
    answers: str | None = None,
    is_forwarded: bool = False,
    flow_reply: Mapping[str, Any] | None = None,
    referral: Referral | None = None,
) -> InboundMessage:
    return InboundMessage(
        id=message_id,
        recipient=recipient,
        kind=kind,
        occurred_at=occurred_at,
        phone_number_id=phone_number_id,
        text=text,
        button_id=button_id,
        label=label,
        answers=answers,
        is_forwarded=is_forwarded,
        flow_reply=flow_reply,
        referral=referral,
    )


def understood(*items: Item, ignored: tuple[str, ...] = ()) -> Notification:
    return Notification(items=items, ignored=tuple(Ignored(reason) for reason in ignored))


def ignored(*reasons: str) -> Notification:
    return understood(ignored=reasons)


EXPECTED_NOTIFICATIONS: dict[str, Notification] = {
    "account_update_disabled": ignored("account_update"),
    "account_update_restriction": ignored("account_update"),
    "account_update_violation": ignored("account_update"),
    "batch_mixed": understood(
        message(wamid("QzA1NkZFNzQzNDBGMkZCMTNFREQA"), MessageKind.TEXT, text="STOP"),
        message(
            wamid("NDY3NTQzRjc5NjM5NDgxNkY0NEEA"),
            MessageKind.TEXT,
            recipient=BO,
            occurred_at=seconds_after_noon(1),
            text="where is my order?",
        ),
        MarketingSwitch(
            key=event_id_of(
                "user_preferences",
                "200300400500600",
                "US.55443322110099887766",
                "stopped",
                "1795176000000",
            ),
            recipient=BO,
            value="stopped",
            occurred_at=NOON,
            evidence="user_preferences",
            phone_number_id="200300400500600",
        ),
        message(
            wamid("RjJCMzRCMzQ5MzNBNjg2N0VBRDgA"),
            MessageKind.TEMPLATE_REPLY,
            recipient=CAIO,
            phone_number_id="200300400500777",
            button_id="OPTOUT_ALL",
            label="Unsubscribe",
            answers=wamid("QkQ5MURERUI1QTFERDJFNUQzNEUA"),
        ),
        ignored=(
            "status",
            "status",
            "account_update",
        ),
    ),
    "batch_stop_then_start_same_user": understood(
        message(wamid("OTE4NDIxOUQ0RDVGM0YwNjlFNkEA"), MessageKind.TEXT, text="STOP"),
        message(
            wamid("NzA4NDhDQ0ZFNTZEMjQyODhBODkA"),
            MessageKind.TEXT,
            occurred_at=seconds_after_noon(5),
            text="START",
        ),
    ),
    "business_username_updates": ignored("business_update"),
    "empty_entry": ignored("empty"),
    "history_sync_ignored": ignored("history"),
    "inbound_audio_voice": understood(
        message(wamid("MjM5NkExMjU2QUM0QjFDNjg0OUMA"), MessageKind.OTHER)
    ),
    "inbound_bsuid_no_wa_id": understood(
        message(
            wamid("MkNBNDVCRUM4RjJBMUVDNDdDNEYA"),
            MessageKind.TEXT,
            recipient=ADA_BY_BSUID,
            text="STOP",
        )
    ),
    "inbound_bsuid_no_wa_id_parent": understood(
        message(
            wamid("NURCMkExQTNCMDNGM0I2QjVGNDkA"),
            MessageKind.TEXT,
            recipient=ADA_BY_BSUID,
            text="STOP",
        )
    ),
    "inbound_bsuid_with_phone_and_username": understood(
        message(wamid("MzY3RDYyQUIxRjdFMzZENTRBRTMA"), MessageKind.TEXT, text="STOP")
    ),
    "inbound_contacts_card": understood(
        message(wamid("MDE4QzI2N0Q3MkY2MzgxQTJFQzgA"), MessageKind.OTHER)
    ),
    "inbound_contacts_request_contact_info": understood(
        message(wamid("NTkzNjBCRTYwNzQ1OUE0Q0QzRUYA"), MessageKind.OTHER)
    ),
    "inbound_document_caption": understood(
        message(wamid("MTUzODEyQUU1RkVBMEI3M0EwMTEA"), MessageKind.CAPTION, text="unsubscribe me")
    ),
    "inbound_edit": ignored("edit"),
    "inbound_flow_reply": understood(
        message(
            wamid("OUE4M0M2Q0IxMTI2RDkzREU0QTMA"),
            MessageKind.FLOW_REPLY,
            answers=wamid("ODE5QzNGNkM4OTczN0FGNURBQjcA"),
            flow_reply={
                "flow_token": "prefs-447700900123-1",
                "marketing": False,
                "order_updates": True,
                "frequency": "weekly",
            },
        )
    ),
    "inbound_group_text": ignored("group_message"),
    "inbound_image_caption": understood(
        message(wamid("Q0EwREYyQzk1QUExNDRDMUQwRkYA"), MessageKind.CAPTION, text="STOP")
    ),
    "inbound_interactive_button": understood(
        message(
            wamid("NENEOUI3NjcyRDdGQkVFOEZCNTEA"),
            MessageKind.BUTTON_REPLY,
            button_id="pref:pause:7d",
            label="Pause 7 days",
            answers=wamid("NzVENEE1MDk1OUJCRTY5QjYxQTgA"),
        )
    ),
    "inbound_list_reply": understood(
        message(
            wamid("NDIwRkNFMzE0MTc1REY0MDJBREIA"),
            MessageKind.LIST_REPLY,
            button_id="pref:freq:weekly",
            label="Weekly digest",
            answers=wamid("NDBGNzRCMEZDNzU2OEJBRTFBRUIA"),
        )
    ),
    "inbound_list_reply_no_description": understood(
        message(
            wamid("OUNEQjc2QjMwNDJFMDA2NTg3MDIA"),
            MessageKind.LIST_REPLY,
            button_id="pref:freq:monthly",
            label="Monthly digest",
            answers=wamid("NDBGNzRCMEZDNzU2OEJBRTFBRUIA"),
        )
    ),
    "inbound_location": understood(
        message(wamid("RTM0MUZDQzQ4ODkzNEUyNTc4OTUA"), MessageKind.OTHER)
    ),
    "inbound_order": understood(message(wamid("QjNBRjU2MEZGQUYwNzE5MThEOEQA"), MessageKind.OTHER)),
    "inbound_reaction": ignored("reaction"),
    "inbound_reaction_removed": ignored("reaction"),
    "inbound_revoke": ignored("revoke"),
    "inbound_sticker": understood(
        message(wamid("QjVGMjAzMUVCNjJFMzdDNkQzODIA"), MessageKind.OTHER)
    ),
    "inbound_template_button": understood(
        message(
            wamid("N0RDOTZGNzc2Qzg0MjNFNTdBMjcA"),
            MessageKind.TEMPLATE_REPLY,
            button_id="OPTOUT_ALL|campaign=spring26",
            label="Unsubscribe",
            answers=wamid("QkM0MzI5NjdCNUE2RDAwNTc2M0EA"),
        )
    ),
    "inbound_template_button_bsuid_only": understood(
        message(
            wamid("NDY5N0Y0RDMzN0NCNURGQUZDMjQA"),
            MessageKind.TEMPLATE_REPLY,
            recipient=ADA_BY_BSUID,
            button_id="OPTOUT_ALL",
            label="Unsubscribe",
        )
    ),
    "inbound_template_button_default_payload": understood(
        message(
            wamid("NDgxNEQ5MjA5M0FDOEEwRjRBMjEA"),
            MessageKind.TEMPLATE_REPLY,
            button_id="Stop promotions",
            label="Stop promotions",
            answers=wamid("Q0VEREUzMTIyODNCMTFGNkQ3RUUA"),
        )
    ),
    "inbound_template_button_localized_optout": understood(
        message(
            wamid("NzZBODI3NzM0N0Y1MjUzMEUxQ0YA"),
            MessageKind.TEMPLATE_REPLY,
            recipient=CAIO,
            button_id="Parar promoções",
            label="Parar promoções",
            answers=wamid("OTE5MTczRTA0NjQ1RjUyMzk5RDgA"),
        )
    ),
    "inbound_text": understood(
        message(wamid("NjI4QjQ5RDk2RENERTk3QTQzMEQA"), MessageKind.TEXT, text="STOP")
    ),
    "inbound_text_forwarded": understood(
        message(
            wamid("OEEzN0I4M0M5NkYxQUExN0Q2M0QA"), MessageKind.TEXT, text="STOP", is_forwarded=True
        )
    ),
    "inbound_text_identity_hash": understood(
        message(wamid("RkRBOUYwNEMyREVEMDE3NjA3RDYA"), MessageKind.TEXT, text="STOP")
    ),
    "inbound_text_legacy_no_bsuid": understood(
        message(
            wamid("QTJGMUE2OEEzQ0Y3QkFCMTQyNDUA"),
            MessageKind.TEXT,
            recipient=ADA_BY_PHONE,
            text="Stop",
        )
    ),
    "inbound_text_negation": understood(
        message(
            wamid("ODEzRjdDNzQ4RkFCMUM2ODZDNzkA"),
            MessageKind.TEXT,
            text="please don't stop sending these",
        )
    ),
    "inbound_text_noisy_keyword": understood(
        message(
            wamid("QzkyNzNGNjhCNUQzMDIwMTEzRkQA"),
            MessageKind.TEXT,
            text="  stop. \u200b\U0001f6d1 ",
        )
    ),
    "inbound_text_pause": understood(
        message(
            wamid("Q0VDRThBOUNFQ0ZCNkM3RTdFRTQA"),
            MessageKind.TEXT,
            occurred_at=seconds_after_noon(120),
            text="PAUSE 7",
        )
    ),
    "inbound_text_product_inquiry": understood(
        message(
            wamid("M0U2NTU4RDBDQjk3RjlCRDNFOEEA"),
            MessageKind.TEXT,
            text="Is this still available?",
            answers=wamid("Njc1NEFGOTYzMkEyNzQ1RTg1QzIA"),
        )
    ),
    "inbound_text_referral_ctwa": understood(
        message(
            wamid("RDVGQTM4QTFGOEExNDAwMjUwOTIA"),
            MessageKind.TEXT,
            text="Hello! Can I get more info on this?",
            referral=Referral("ad", "120000000000000001", "Chat with us"),
        )
    ),
    "inbound_text_reply_context": understood(
        message(
            wamid("RjQxM0U0M0Q3NEY4MTc4NzQ1QzEA"),
            MessageKind.TEXT,
            text="stop",
            answers=wamid("RjQ0QzMwRDA3RDMzMUM2RkY2QUUA"),
        )
    ),
    "inbound_text_start": understood(
        message(
            wamid("QzQ0NDc0MDM4RDQ1OUU0MEU0NzEA"),
            MessageKind.TEXT,
            occurred_at=seconds_after_noon(60),
            text="START",
        )
    ),
    "inbound_unsupported": understood(
        message(wamid("QkI4MjAzMERCQzJCQ0FCQTMyQTkA"), MessageKind.OTHER)
    ),
    "inbound_unsupported_no_subtype": understood(
        message(wamid("NkNBMjAyQzg4RTU0OURGRjY4QzAA"), MessageKind.OTHER)
    ),
    "inbound_video_caption": understood(
        message(wamid("MjlDMUIyODlFNzUyMjE5NUIzNjIA"), MessageKind.CAPTION, text="look")
    ),
    "message_template_quality_update": ignored("template_update"),
    "message_template_status_update_approved": ignored("template_update"),
    "message_template_status_update_rejected": ignored("template_update"),
    "messaging_handovers": ignored("messaging_handover"),
    "onprem_button": understood(
        message(
            "ABGGFlA5FpafAgo6tHcNmNjXmuSg",
            MessageKind.TEMPLATE_REPLY,
            recipient=ADA_BY_PHONE,
            phone_number_id=None,
            button_id="OPTOUT_ALL",
            label="Unsubscribe",
            answers="gBGGFlA5FpafAgkOuJbRq54qwbM",
        )
    ),
    "onprem_interactive_button": understood(
        message(
            "ABGGFlA5FpafAgo6tHcNmNjXmuSh",
            MessageKind.BUTTON_REPLY,
            recipient=ADA_BY_PHONE,
            phone_number_id=None,
            button_id="pref:stop",
            label="Stop",
        )
    ),
    "onprem_status": ignored("status"),
    "onprem_status_failed_470": ignored("status"),
    "onprem_text": understood(
        message(
            "ABGGFlA5FpafAgo6tHcNmNjXmuSf",
            MessageKind.TEXT,
            recipient=ADA_BY_PHONE,
            phone_number_id=None,
            text="STOP",
        )
    ),
    "onprem_user_preference_changed_system": understood(
        MarketingSwitch(
            key=event_id_of("user_preferences", "", "447700900123", "stopped", "1795176000000"),
            recipient=ADA_BY_PHONE,
            value="stopped",
            occurred_at=NOON,
            evidence="system user_preference_changed",
            phone_number_id=None,
        )
    ),
    "phone_number_quality_update": ignored("phone_number_update"),
    "smb_message_echo": ignored("message_echo"),
    "smb_message_echo_revoke": ignored("message_echo"),
    "status_delivered": ignored("status"),
    "status_delivered_bsuid_only": ignored("status"),
    "status_failed_130403": ignored("status"),
    "status_failed_130429": ignored("status"),
    "status_failed_130472": ignored("status"),
    "status_failed_131000": ignored("status"),
    "status_failed_131026": ignored("status"),
    "status_failed_131042": ignored("status"),
    "status_failed_131047": ignored("status"),
    "status_failed_131048": ignored("status"),
    "status_failed_131049": ignored("status"),
    "status_failed_131050": understood(
        MarketingSwitch(
            key=event_id_of("status", wamid("MTRCQTRERjQwRDQ3QUY0MkE5NEYA"), "131050"),
            recipient=ADA_BY_PHONE,
            value="stopped",
            occurred_at=NOON,
            evidence="status 131050",
            phone_number_id="200300400500600",
        )
    ),
    "status_failed_131053": ignored("status"),
    "status_failed_131056": ignored("status"),
    "status_group_read": ignored("status"),
    "status_played": ignored("status"),
    "status_read": ignored("status"),
    "status_sandbox_captured_shape": ignored("status"),
    "status_sent": ignored("status"),
    "status_sent_legacy_conversation": ignored("status"),
    "status_service_billed_after_oct_2026": ignored("status"),
    "status_with_tracker": ignored("status"),
    "system_identity_changed": ignored("identity_check"),
    "system_number_changed": understood(
        IdentityChange(
            key=event_id_of(
                "identity_change", "447700900123", "", "447700900777", "", "1795176000000"
            ),
            previous=ADA_BY_PHONE,
            current=ADA_MOVED_BY_PHONE,
            occurred_at=NOON,
            evidence="system user_changed_number",
            phone_number_id="200300400500600",
        )
    ),
    "system_user_id_changed": understood(
        IdentityChange(
            key=event_id_of(
                "identity_change",
                "447700900123",
                "GB.81726354908172635490",
                "447700900777",
                "GB.11112222333344445555",
                "1795176000000",
            ),
            previous=ADA,
            current=ADA_MOVED,
            occurred_at=NOON,
            evidence="system user_changed_user_id",
            phone_number_id="200300400500600",
        )
    ),
    "system_user_id_changed_no_phone": understood(
        IdentityChange(
            key=event_id_of(
                "identity_change",
                "",
                "GB.81726354908172635490",
                "",
                "GB.11112222333344445555",
                "1795176000000",
            ),
            previous=ADA_BY_BSUID,
            current=ADA_MOVED_BY_BSUID,
            occurred_at=NOON,
            evidence="system user_changed_user_id",
            phone_number_id="200300400500600",
        )
    ),
    "template_category_update": ignored("template_update"),
    "user_id_update": understood(
        IdentityChange(
            key=event_id_of(
                "identity_change",
                "",
                "GB.81726354908172635490",
                "447700900777",
                "GB.11112222333344445555",
                "1795176000000",
            ),
            previous=ADA_BY_BSUID,
            current=ADA_MOVED,
            occurred_at=NOON,
            evidence="user_id_update",
            phone_number_id="200300400500600",
        )
    ),
    "user_id_update_bsuid_only": understood(
        IdentityChange(
            key=event_id_of(
                "identity_change",
                "",
                "GB.81726354908172635490",
                "",
                "GB.11112222333344445555",
                "1795176000000",
            ),
            previous=ADA_BY_BSUID,
            current=ADA_MOVED_BY_BSUID,
            occurred_at=NOON,
            evidence="user_id_update",
            phone_number_id="200300400500600",
        )
    ),
    "user_preferences_resume": understood(
        MarketingSwitch(
            key=event_id_of(
                "user_preferences",
                "200300400500600",
                "GB.81726354908172635490",
                "allowed",
                "1795176600000",
            ),
            recipient=ADA,
            value="allowed",
            occurred_at=seconds_after_noon(600),
            evidence="user_preferences",
            phone_number_id="200300400500600",
        )
    ),
    "user_preferences_signup": understood(
        Signup(
            key=event_id_of(
                "signup",
                "200300400500600",
                "GB.81726354908172635490",
                "13000000000000001",
                "1795176000000",
            ),
            recipient=ADA,
            signup_id="13000000000000001",
            occurred_at=seconds_after_noon(0),
            phone_number_id="200300400500600",
        )
    ),
    "user_preferences_stop": understood(
        MarketingSwitch(
            key=event_id_of(
                "user_preferences",
                "200300400500600",
                "GB.81726354908172635490",
                "stopped",
                "1795176000000",
            ),
            recipient=ADA,
            value="stopped",
            occurred_at=NOON,
            evidence="user_preferences",
            phone_number_id="200300400500600",
        )
    ),
    "user_preferences_stop_bsuid_only": understood(
        MarketingSwitch(
            key=event_id_of(
                "user_preferences",
                "200300400500600",
                "GB.81726354908172635490",
                "stopped",
                "1795176000000",
            ),
            recipient=ADA_BY_BSUID,
            value="stopped",
            occurred_at=NOON,
            evidence="user_preferences",
            phone_number_id="200300400500600",
        )
    ),
    "user_preferences_stop_legacy_no_bsuid": understood(
        MarketingSwitch(
            key=event_id_of(
                "user_preferences", "200300400500600", "447700900123", "stopped", "1795176000000"
            ),
            recipient=ADA_BY_PHONE,
            value="stopped",
            occurred_at=NOON,
            evidence="user_preferences",
            phone_number_id="200300400500600",
        )
    ),
    "webhook_errors_value_level": ignored("value_error"),
    "wrong_object": ignored("wrong_object"),
}
