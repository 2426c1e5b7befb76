"""Rewrites of a qualified query before it is cut, in the order in which they run.

Each rule is a function from a query to an equal query, in a file of its own with its law in its docstring. They make more of a
query fall to one source: conditions are where they can be pushed from, and what nobody reads is not asked for.
"""

from planner.rules.exists import ignore_selected_in_exists
from planner.rules.filters import push_filters
from planner.rules.inner_joins import gather_inner_conditions
from planner.rules.projections import drop_unused_projections

# Unused columns go twice: first, since a window that nobody reads bars conditions from entering; last, since a condition that has
# entered no longer reads its column outside.
RULES = (
    ignore_selected_in_exists,
    drop_unused_projections,
    gather_inner_conditions,
    push_filters,
    drop_unused_projections,
)

__all__ = ["RULES"]
