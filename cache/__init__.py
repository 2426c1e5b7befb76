"""The room for answers that are kept. Nothing is built in it yet: every query is answered from its sources.

What will enter: the key of a plan together with the versions of every base table it reads. What will leave: stored Arrow bytes
that are proved to be current, or a miss. It may import `planner`, and nothing of `translators` or `proxy`.
"""
