"""Provider logs in, normal form out: exchanges, accounts, events, releases; rejects keep their reason."""
