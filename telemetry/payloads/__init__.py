"""Understands what sensors send: one dialect per file, chosen by topic.

Read ``dialect`` first (the role), then ``topics`` (which dialect a topic speaks).
Nothing but ``MessageRejected`` leaves a decoder. Knows no broker and no store.
"""
