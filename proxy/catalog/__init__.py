"""The catalogue: which sources there are and what they hold.

In come source documents (from the configuration file or from MongoDB) and what stores say of themselves; out go immutable
`planner.catalog.Catalog` snapshots, the open stores, and listings as JSON values. No query passes through here.
"""
