"""Role × route: the one table of who may do what. What stands in no row is denied to everybody.

A row is named by the route's operation id. A key must hold the row's scope besides a role of the
row. ``PUBLIC`` routes ask for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.security.principal import Principal, Role, Scope

D, W, P = Role.DISPATCHER, Role.WAREHOUSE, Role.PLANNER
R, L, A = Role.DRIVER, Role.LEADER, Role.ADMIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may use a route."""

    roles: frozenset[Role]
    scope: Scope


def _rule(scope: Scope, *roles: Role) -> Rule:
    return Rule(roles=frozenset(roles), scope=scope)


PUBLIC = frozenset({"health", "log_in", "read_openapi", "readiness"})
"""Operation ids that anybody may use."""

PAGES = frozenset(
    {
        "open_start_page", "open_sign_in", "open_dispatch_board", "open_cold_chain_board",
        "open_trace", "open_shift_page", "open_reroutes_page", "open_reroute_panel",
        "open_driver_page", "open_scenario_board", "read_driver_worker", "read_browser_file",
    }
)  # fmt: skip
"""Pages and their files, open to anybody too: they hold words and no fact of the operation. What
they show comes from the other routes, which ask who the reader is."""

ACCESS: dict[str, Rule] = {
    # Questions and plans.
    "store_network": _rule(Scope.PLANS_WRITE, D, P, A),
    "list_networks": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_network": _rule(Scope.PLANS_READ, D, W, P, A),
    "store_order_set": _rule(Scope.PLANS_WRITE, D, P, A),
    "list_order_sets": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_order_set": _rule(Scope.PLANS_READ, D, W, P, A),
    "request_plan": _rule(Scope.PLANS_WRITE, D, P, A),
    "list_jobs": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_job": _rule(Scope.PLANS_READ, D, W, P, A),
    "follow_job": _rule(Scope.PLANS_READ, D, W, P, A),
    "stop_job": _rule(Scope.PLANS_WRITE, D, P, A),
    "list_plans": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_plan": _rule(Scope.PLANS_READ, D, W, P, A),
    "list_versions": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_version": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_map": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_overview": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_check": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_coverage": _rule(Scope.PLANS_READ, D, W, P, A),
    # The life of a plan.
    "revise_plan": _rule(Scope.PLANS_WRITE, D, P, A),
    "pin_plan": _rule(Scope.PLANS_WRITE, D, P, A),
    "change_orders": _rule(Scope.PLANS_WRITE, D, A),
    "undo_plan": _rule(Scope.PLANS_WRITE, D, P, A),
    "publish_plan": _rule(Scope.PLANS_WRITE, D, A),
    "load_plan": _rule(Scope.PLANS_WRITE, D, W, A),
    "start_plan": _rule(Scope.PLANS_WRITE, D, W, A),
    "close_plan": _rule(Scope.PLANS_WRITE, D, A),
    "read_pins": _rule(Scope.PLANS_READ, D, W, P, A),
    "list_changes": _rule(Scope.PLANS_READ, D, W, P, A),
    # What if: a planner asks, everybody who plans may read.
    "list_scenarios": _rule(Scope.PLANS_READ, D, P, A),
    "read_scenario": _rule(Scope.PLANS_READ, D, P, A),
    "check_scenario": _rule(Scope.PLANS_WRITE, P, A),
    "run_scenario": _rule(Scope.PLANS_WRITE, P, A),
    "list_scenario_runs": _rule(Scope.PLANS_READ, D, P, A),
    "read_scenario_run": _rule(Scope.PLANS_READ, D, P, A),
    "read_scenario_result": _rule(Scope.PLANS_READ, D, P, A),
    "read_scenario_report": _rule(Scope.PLANS_READ, D, P, A),
    # Paper.
    "list_manifests": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_manifest": _rule(Scope.PLANS_READ, D, W, P, R, A),
    "read_loading_list": _rule(Scope.PLANS_READ, D, W, P, A),
    # The road.
    "list_stops": _rule(Scope.ROAD_READ, D, W, R, L, A),
    "list_vehicle_stops": _rule(Scope.ROAD_READ, D, W, R, A),
    "read_stop": _rule(Scope.ROAD_READ, D, W, R, L, A),
    "report_stop_event": _rule(Scope.ROAD_WRITE, D, W, R, L, A),
    "list_stop_events": _rule(Scope.ROAD_READ, D, W, R, L, A),
    "report_position": _rule(Scope.ROAD_WRITE, D, R, A),
    "track_order": _rule(Scope.ROAD_READ, D, W, P, R, L, A),
    "read_on_time_board": _rule(Scope.ROAD_READ, D, W, P, A),
    "read_driver_scores": _rule(Scope.ROAD_READ, D, P, A),
    "list_tasks": _rule(Scope.ROAD_READ, D, W, L, A),
    "finish_task": _rule(Scope.ROAD_WRITE, D, W, L, A),
    "request_compensation": _rule(Scope.ROAD_WRITE, D, L, A),
    # Rerouting: whoever accepts sends vans elsewhere.
    "open_reroute": _rule(Scope.PLANS_WRITE, D, A),
    "list_reroutes": _rule(Scope.PLANS_READ, D, W, P, A),
    "follow_reroutes": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_reroute": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_proposal": _rule(Scope.PLANS_READ, D, W, P, A),
    "read_reroute_news": _rule(Scope.PLANS_READ, D, W, P, A),
    "accept_reroute": _rule(Scope.PLANS_WRITE, D, A),
    "reject_reroute": _rule(Scope.PLANS_WRITE, D, A),
    "take_back_reroute": _rule(Scope.PLANS_WRITE, D, A),
    # Alarms and readings; what a role may do to an alarm of which grade is in road.alarm_rights.
    "list_alarms": _rule(Scope.ALARMS_READ, D, W, P, A),
    "follow_alarms": _rule(Scope.ALARMS_READ, D, W, P, A),
    "read_alarm": _rule(Scope.ALARMS_READ, D, W, P, A),
    "acknowledge_alarm": _rule(Scope.ALARMS_WRITE, D, W, A),
    "shelve_alarm": _rule(Scope.ALARMS_WRITE, D, W, A),
    "unshelve_alarm": _rule(Scope.ALARMS_WRITE, D, W, A),
    "comment_alarm": _rule(Scope.ALARMS_WRITE, D, W, A),
    "close_alarm": _rule(Scope.ALARMS_WRITE, D, W, A),
    "list_points": _rule(Scope.ALARMS_READ, D, W, P, A),
    "read_point": _rule(Scope.ALARMS_READ, D, W, P, A),
    "list_excursions": _rule(Scope.ALARMS_READ, D, W, P, A),
    "arm_point": _rule(Scope.ALARMS_WRITE, D, W, A),
    "disarm_point": _rule(Scope.ALARMS_WRITE, D, W, A),
    "precool_point": _rule(Scope.ALARMS_WRITE, D, W, A),
    "wash_point": _rule(Scope.ALARMS_WRITE, D, W, A),
    "take_point_out_of_service": _rule(Scope.ALARMS_WRITE, D, W, A),
    "read_command": _rule(Scope.ALARMS_READ, D, W, A),
    "list_profiles": _rule(Scope.ALARMS_READ, D, W, P, A),
    "list_readings": _rule(Scope.ALARMS_READ, D, W, P, A),
    "count_messages": _rule(Scope.ALARMS_READ, D, W, P, A),
    "list_asides": _rule(Scope.ALARMS_READ, D, W, A),
    "read_causes": _rule(Scope.ALARMS_READ, D, W, P, A),
    "read_temperature_log": _rule(Scope.ALARMS_READ, D, W, P, A),
    "read_shelf_lives": _rule(Scope.ALARMS_READ, D, W, P, A),
    # Batches.
    "trace_batch": _rule(Scope.PLANS_READ, D, W, P, A),
    "recall_batch": _rule(Scope.PLANS_READ, D, W, P, A),
    # Accounts.
    "read_session": _rule(Scope.PLANS_READ, D, W, P, R, L, A),
    "log_out": _rule(Scope.PLANS_READ, D, W, P, R, L, A),
    "change_password": _rule(Scope.PLANS_READ, D, W, P, R, L, A),
    "create_user": _rule(Scope.ACCOUNTS, A),
    "list_users": _rule(Scope.ACCOUNTS, A),
    "change_user": _rule(Scope.ACCOUNTS, A),
    "create_key": _rule(Scope.ACCOUNTS, A),
    "list_keys": _rule(Scope.ACCOUNTS, A),
    "revoke_key": _rule(Scope.ACCOUNTS, A),
    "read_audit": _rule(Scope.ACCOUNTS, A),
    # The machine room.
    "metrics": _rule(Scope.OPERATE, A),
}


def may(principal: Principal, operation: str) -> bool:
    """Say whether somebody may use a route that is not public."""
    rule = ACCESS.get(operation)
    return rule is not None and principal.role in rule.roles and rule.scope in principal.scopes


def scopes_of(role: Role) -> frozenset[Scope]:
    """Give the scopes that are of any use to a role."""
    return frozenset(rule.scope for rule in ACCESS.values() if role in rule.roles)
