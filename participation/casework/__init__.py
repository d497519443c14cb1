"""How moderators share the work: who has an item, who is looking at it just now, what they tell each other, which
views of the queue they keep.

Nothing of it is ever shown to anybody but the moderators of the proceeding, and nothing of it changes an item.
"""
