"""Random queries over random tables: an answer of Foz that is not DuckDB's is a difference, and is made small.

make fuzz SECONDS=60 SEED=7

schema, values       random tables, for each store its own
grammar, grammar/    the forms of expressions, as text; whoever pushes a function adds a line
pushed, pushed/      which forms go down to which store: the generator prefers them
queries, variants    SQL from forms and tables; the same with other constants and with parameters
compare, raising     what a right answer is, also where DuckDB raises
reduce               the smallest query that still differs
asking, coverage     a campaign: asks, and counts what went down
"""
