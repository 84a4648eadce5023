"""What an operator sees of a running service: logs, figures, health.

Reading order: ``watch`` (every request passes it), ``figures`` (what it counts, for Prometheus),
``logs`` (one format for our words and those of libraries), ``secrets`` (what no log shows),
``health`` (is it well?). Knows storage, and neither routes nor the framework.
"""
