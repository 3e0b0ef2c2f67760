"""The state: what a scan keeps for the next one, without anybody's text."""
