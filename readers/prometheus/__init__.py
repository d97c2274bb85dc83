"""Prometheus and Alertmanager: alert rules, PromQL, routes, and what promtool and amtool say of them."""
