"""OpenTelemetry signals: how OTLP spells them, what attributes were and are called, where content is."""
