"""Mail authentication: a domain's DMARC, SPF and DKIM records."""
