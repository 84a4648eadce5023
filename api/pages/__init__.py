"""Pages for people: shells without data, words in two languages, files for the browser.

Read ``shell`` first, then ``catalogue`` and ``files``. A page holds no fact of the operation: its
modules ask ``/v1`` with the reader's own session. Knows neither HTTP routes nor storage.
"""
