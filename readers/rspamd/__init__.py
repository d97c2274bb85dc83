"""Rspamd: its configuration language, its overrides, and what rspamadm says of them."""
