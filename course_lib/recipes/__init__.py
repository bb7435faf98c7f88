"""Recipes of recorded runs. `course record NAME` calls `run(context)` of `course_lib.recipes.NAME`.

A recipe is a module with `NAME`, a docstring whose first line says what is measured, and
`run(context: Context) -> Measured`; optionally `SEEDS`, the seeds that it takes by default.
"""
