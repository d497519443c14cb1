"""Rules that hold a text for a person to look at, and look-alikes: fixed rules, in advance, on the own machine.

A rule only holds; it never rejects. It can be armed only after it was tried on what came in before. Screening knows
texts as postings, not as contributions or comments: these ask it when they are sent, and tell it what became of them.
What it finds is for moderators and never public.
"""
