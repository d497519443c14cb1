"""The planners' desk: filters, counts and downloads of the public page, and the planners' edition beside them."""
