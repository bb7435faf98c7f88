"""Recipes of recorded runs and checkpoints: a room a chapter, axis/ and pretrain/ beside them.

`course record NAME` calls `run(context)` of the module whose `NAME` that is: a module with a
docstring whose first line says what is measured and `run(context: Context) -> Measured`;
optionally `SEEDS`, the seeds that it takes by default.
`course pretrain NAME` calls `pretrain` of `course_lib.recipes.pretrain.NAME`.
"""
