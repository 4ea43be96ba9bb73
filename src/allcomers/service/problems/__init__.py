"""What troubles people most, in their own words, and how much it does: asked again each time, beside the scales.

An app of its own and not a part of questionnaires: a problem is no instrument (it has no items, score or licence), and
it outlives the request in which it was first said.
"""
