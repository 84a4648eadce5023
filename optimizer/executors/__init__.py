"""Where grids are planned side by side: processes of this machine, or a Dask cluster.

Both are a ``concurrent.futures.Executor``; whoever plans does not know which of them it has.
Reading order: ``processes``, then ``dask_cluster`` (a cluster as an executor), ``cluster_halt``
(how its workers hear that somebody wants the plan now).
"""
