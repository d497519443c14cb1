"""Pages for residents that put several subjects together: portal, proceeding, contribution, receipt, legal texts.

Reads only, apart from votes and comments, which are sent from the page of a contribution.
"""
