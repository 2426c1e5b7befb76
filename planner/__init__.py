"""Where a query becomes a plan: SQL text in, one-source fragments and a residual query out.

What enters: the text, a catalogue snapshot (`planner.catalog`), what the caller may see, the parameters, and the function `take`
by which a store says what it can do with a fragment. What leaves: a `planner.plan.Plan` of frozen values around sqlglot trees, or
a `planner.errors.FozError`.

Nothing here opens a file or a socket, starts a thread, or reads a clock or the environment: the same values give the same plan,
byte for byte, in every process. It imports no other room.
"""
