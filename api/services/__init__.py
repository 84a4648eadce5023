"""What the service does: each module is one subject, with a class whose methods are its deeds.

A service opens transactions, asks the pure rooms (``optimizer``, ``road``, ``life``) and stores
what they say. It knows neither HTTP nor pydantic. Reading order: ``plan_book``, ``planning``.
"""
