"""One account at a time: clock, volume, client, network, spread of content."""
