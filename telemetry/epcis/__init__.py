"""Excursions as EPCIS 2.0: what traceability systems of others read.

``document`` writes them (GS1 EPCIS 2.0, CBV 2.0), ``identifiers`` names what they are about. Goods
are named by SSCC or by GTIN and lot, as GS1 Digital Links. What has no number of GS1, and every
place, device and rule, bears a private identifier: ``urn:coldgrid:KIND:ID`` with the id
percent-encoded, or under a base of the operator's own ``https://id.example.org/coldgrid/KIND/ID``.
"""
