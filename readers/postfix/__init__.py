"""Postfix: main.cf, master.cf, the hosts and networks that parameters name, and what postconf says of them."""
