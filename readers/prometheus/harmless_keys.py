"""Keys of Prometheus' rule files and of Alertmanager's configuration that name no file for a program to open.

A text that holds another key, a new one or a misspelt one, may make a program open a file of the machine.
"""

from __future__ import annotations

import re

from readers.sandbox.rendering import Rendered


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


#: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ and alerting_rules/
RULE_KEYS = _words(
    "alert annotations expr for groups interval keep_firing_for labels limit name query_offset record rules"
)
#: https://prometheus.io/docs/alerting/latest/configuration/, without what names a file (templates, all that ends in
#: _file or files, AWS profiles).
ALERTMANAGER_KEYS = _words(
    """
    access_key actions active_time_intervals agent_id alt api_key api_secret api_url attributes auth_identity
    auth_password auth_secret auth_username authorization avatar_url basic_auth bearer_token bot_token callback_id
    channel chat_id class client client_id client_secret client_url color component confirm content continue corp_id
    credentials custom_fields days_of_month description details disable_notifications discord_configs dismiss_text
    email_configs enable_http2 enabled end_time endpoint_params entity entity_display_name equal expire fallback fields
    follow_redirects footer from global group group_by group_interval group_wait headers hello href html http_config
    icon_emoji icon_url id image_url images inhibit_rules insecure_skip_verify link_names links location match match_re
    matchers max_alerts max_version message message_thread_id message_type min_version monitoring_tool months
    monospace mrkdwn_in msteams_configs msteamsv2_configs mute_time_intervals name no_proxy note oauth2 ok_text
    opsgenie_api_key opsgenie_api_url opsgenie_configs pagerduty_configs pagerduty_url parse_mode password payload
    phone_number pretext priority proxy_connect_header proxy_from_environment proxy_url pushover_configs receiver
    receivers region repeat_interval require_tls resolve_timeout responders retry room_id route routes routing_key
    scopes secret_key send_resolved server_name service_key severity short short_fields slack_api_url slack_configs
    smarthost smtp_auth_identity smtp_auth_password smtp_auth_secret smtp_auth_username smtp_from smtp_hello
    smtp_require_tls smtp_smarthost sns_configs sound source source_match source_match_re source_matchers src
    start_time state_message style subject tags target_arn target_match target_match_re target_matchers
    telegram_api_url telegram_bot_token telegram_configs text thumb_url time_intervals timeout times title title_link
    tls_config to to_party to_tag to_user token token_url topic_arn ttl type update_alerts url url_title user_key
    username value victorops_api_key victorops_api_url victorops_configs webex_api_url webex_configs webhook_configs
    webhook_url wechat_api_corp_id wechat_api_secret wechat_api_url wechat_configs weekdays years
    """
)
#: Below these, keys are names that the author chooses: of labels, of annotations, of headers, of a pager's fields.
_CHOSEN = _words(
    "annotations custom_fields details endpoint_params headers labels match match_re source_match source_match_re "
    "target_match target_match_re"
)


def opens(rendered: Rendered, harmless: frozenset[str]) -> str | None:
    """The first key of a text that may name a file, as a reason not to hand it over; None where there is none."""
    for line in rendered.lines:
        key = line.path[-1]
        if isinstance(key, str) and key not in harmless:
            holder = next((step for step in reversed(line.path[:-1]) if isinstance(step, str)), None)
            if holder not in _CHOSEN:
                return f"{key} may name one"
    return None
