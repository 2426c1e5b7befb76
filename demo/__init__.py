"""The demonstration: real servers found or started, a small shop loaded into them, and a tour of Foz over it.

`demo.servers` also serves the tests and the benchmarks. This room may use everything that Foz's clients may use, and starts Foz
as a user does: by its command. Nothing in Foz imports it.
"""
