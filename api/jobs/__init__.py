"""Work in processes of its own: how it is started, followed, stopped and found again.

Reading order: ``runner`` (who runs when), ``run`` (one job from begin to end), ``child`` (the
process of a job), ``desk`` (what it does there: it calls solvers), ``frames`` (how the two speak),
``settling`` (what becomes of a result), ``feeds`` (who watches), ``folders`` (what lies on disk).
Solvers never run in the process that answers requests.
"""
