"""One file a question about speed. Each measures Foz and a peer in turns within one run and prints a table of ratios.

A benchmark may use Foz as its clients do, the servers of `demo.servers`, and any peer. Nothing imports it, and no test asserts
what it prints: times differ between machines, ratios within a run much less.
"""
