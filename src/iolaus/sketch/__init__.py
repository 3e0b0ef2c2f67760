"""One exchange at a time: shingles, intents, topic. Nothing that is one person's own text goes on."""
