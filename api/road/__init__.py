"""What happens on the road: events in, states, expected times, figures and tasks out.

Read ``words`` first, then ``rules`` (what may be reported), ``progress`` (events folded into the
state of a stop), ``day`` (a plan and its events together), ``eta``, ``tracking``, ``board``,
``score``, ``tasks``, ``compensation``. Everything is a pure function of plan, events and the
clock; nothing here reads a database or knows HTTP.
"""
