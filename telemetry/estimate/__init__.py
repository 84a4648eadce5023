"""Estimates air and goods of a point, notices that cooling is missing, and says when it breaks.

Read ``words`` first, then ``estimator``: one pure step per minute, ``observe``. It learns from a
point's own history and from nothing else. Must not import the virtual fleet, and the fleet must not
import it: what is estimated is not made by the same formulas.
"""
