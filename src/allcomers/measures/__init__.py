"""What a measure is, the official catalogue, and the only evaluator of them.

`run.run` gives figures that may leave; `calculate.measure` gives exact ones, which may not.
"""
