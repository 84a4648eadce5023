"""Speaks MQTT: the only room that knows paho, and how to start a broker.

Read ``consumer`` first (what a batch is, and when it is acknowledged), then ``link`` (one lasting
connection), ``settings`` and ``pump`` (paho on our own thread). ``publisher`` is for who sends;
``broker`` starts a broker. Knows neither payloads nor a store.
"""
