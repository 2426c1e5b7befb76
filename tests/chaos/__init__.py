"""Jobs under fire: real Foz processes over a real PostgreSQL, Redis and disk, all of which are killed while callers ask.

`process` is a Foz that dies at a point of its own code, `world` what there is and how it is disturbed, `callers` who ask and
remember each queryId that they were given, `verdict` what must be true of every one of them afterwards.
"""
