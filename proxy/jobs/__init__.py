"""Queries that take long: each is a job under its queryId, run by whoever has room, its rows spooled until somebody reads them.

`store` is the contract of where jobs live, and what a job is; `memory` keeps them for one process and `redis` for several, where
`scripts` is what happens within Redis and `listening` how a process hears of it. `subscribers` are told of changes by either.
`kept` is what memory keeps of each, `following` which of those share a run. `results` keeps their rows in `chunks` that verify,
as `files` of a directory or an object store, under one `quota`.

`service` is what the pipeline and the ways in ask; `owned` the jobs that this process runs, with their heartbeat; `answer` a job
as its readers see it; `asked` a request as a record; `waiting` how threads and coroutines wait for a change.
"""
