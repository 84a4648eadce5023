"""Speaks MQTT: the only room that knows paho, and how to start a broker."""
