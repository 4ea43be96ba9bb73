"""The steps from the folded data set to the named tables, by subject. `allcomers.pathways.plan` puts them together."""
