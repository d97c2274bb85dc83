"""The main.cf that docker-mailserver's image has, before its start-up changes it.

Source: ``target/postfix/main.cf`` of docker-mailserver 15.
"""

from __future__ import annotations

_NO_OLD_TLS = "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1"

SHIPPED = {
    # names and addresses
    "mydestination": "$myhostname, localhost.$mydomain, localhost",
    "mynetworks": "127.0.0.0/8 [::1]/128 [fe80::]/64",
    "inet_interfaces": "all",
    "inet_protocols": "all",
    "recipient_delimiter": "+",
    "append_dot_mydomain": "no",
    # ways of mail
    "relayhost": "",
    "alias_maps": "hash:/etc/aliases",
    "alias_database": "hash:/etc/aliases",
    "virtual_alias_maps": "texthash:/etc/postfix/virtual",
    "virtual_mailbox_domains": "/etc/postfix/vhost",
    "header_checks": "pcre:/etc/postfix/maps/header_checks.pcre",
    "smtp_header_checks": "pcre:/etc/postfix/maps/sender_header_filter.pcre",
    # milters
    "milter_protocol": "6",
    "milter_default_action": "accept",
    "smtpd_milters": "",
    "non_smtpd_milters": "",
    # TLS
    "smtpd_tls_chain_files": "/etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem",
    "smtpd_tls_security_level": "may",
    "smtp_tls_security_level": "may",
    "smtpd_tls_protocols": _NO_OLD_TLS,
    "smtp_tls_protocols": _NO_OLD_TLS,
    "smtpd_tls_mandatory_protocols": _NO_OLD_TLS,
    "smtpd_tls_mandatory_ciphers": "high",
    "smtpd_tls_exclude_ciphers": "aNULL, SEED, CAMELLIA, RSA+AES, SHA1",
    "smtpd_tls_dh1024_param_file": "/etc/postfix/dhparams.pem",
    "smtpd_tls_loglevel": "1",
    "smtp_tls_loglevel": "1",
    "smtpd_tls_CApath": "/etc/ssl/certs",
    "smtp_tls_CApath": "/etc/ssl/certs",
    "tls_preempt_cipherlist": "yes",
    "tls_ssl_options": "NO_COMPRESSION, NO_RENEGOTIATION",
    # whom it takes mail from
    "smtpd_helo_required": "yes",
    "smtpd_delay_reject": "yes",
    "disable_vrfy_command": "yes",
    "smtpd_forbid_bare_newline": "yes",
    "smtpd_discard_ehlo_keywords": "silent-discard, dsn",
    "smtpd_client_restrictions": "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination",
    "smtpd_data_restrictions": "permit_mynetworks, permit_sasl_authenticated, reject_unauth_pipelining",
    "smtpd_helo_restrictions": "permit_mynetworks, reject_invalid_helo_hostname, permit",
    "smtpd_recipient_restrictions":
        "permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination, reject_invalid_helo_hostname, "
        "reject_non_fqdn_helo_hostname, reject_unknown_recipient_domain",
    "smtpd_relay_restrictions": "permit_mynetworks permit_sasl_authenticated defer_unauth_destination",
    "smtpd_sender_restrictions": "$dms_smtpd_sender_restrictions",
    "dms_smtpd_sender_restrictions": "permit_sasl_authenticated, permit_mynetworks, reject_unknown_sender_domain",
    "mua_sender_restrictions": "reject_authenticated_sender_login_mismatch, $dms_smtpd_sender_restrictions",
    "postscreen_dnsbl_threshold": "3",
    "postscreen_dnsbl_allowlist_threshold": "-1",
    # logins
    "smtpd_sasl_auth_enable": "no",
    "smtpd_sasl_path": "/dev/shm/sasl-auth.sock",
    "smtpd_sasl_type": "dovecot",
    "smtpd_sasl_security_options": "noanonymous",
    "smtpd_sasl_local_domain": "$mydomain",
    "broken_sasl_auth_clients": "yes",
    # the rest
    "biff": "no",
    "compatibility_level": "3.6",
    "readme_directory": "no",
    "smtpd_banner": "$myhostname ESMTP",
    "smtputf8_enable": "no",
}  # fmt: skip
"""By parameter.  Those that the start-up always sets anew are not among them."""
LONG = ("postscreen_dnsbl_sites", "tls_high_cipherlist")
"""Lists that are shipped too, and not written down here."""
