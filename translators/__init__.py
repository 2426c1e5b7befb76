"""The stores: one folder each, behind the contracts of `translators.base`.

What enters: a fragment of a plan, which the folder's pure `take` turns into the store's own request, saying what it leaves and
why; and that request again, to be run. What leaves: Arrow batches of exactly the types that were asked for, tables and columns as
`planner.catalog` values, and `planner.errors.FozError`, never a driver's own exception.

Nothing about a store is known outside its folder. A new store is a folder that exports `STORE` and one line in
`translators.registry`. This room imports `planner` and nothing of `proxy` or `cache`.
"""
