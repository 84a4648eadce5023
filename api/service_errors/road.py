"""Error codes of the road, of alarms and readings, and of rerouting."""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

ROAD_ERRORS: dict[str, ErrorEntry] = {
    "CG-7301": ErrorEntry(
        title="time ahead of now",
        cause="The event or position bears a time that has not come yet.",
        action="Set the clock of the phone, and send the time at which it happened.",
    ),
    "CG-7302": ErrorEntry(
        title="plan not on the road",
        cause="Nobody drives this plan at that time: it is a draft, or was closed before.",
        action="Take the stops of the plan that is published; a closed plan takes only what "
        "happened before it was closed.",
    ),
    "CG-7303": ErrorEntry(
        title="not at this stop",
        cause="The event names a line, an order or a zone that this stop does not deliver.",
        action="Take orders and lines from the stop; the detail names them.",
    ),
    "CG-7304": ErrorEntry(
        title="more than the stop delivers",
        cause="Handed over, refused and damaged together would be more than the planned kilograms.",
        action="Look at what was reported before, and report no more than the rest that is named.",
    ),
    "CG-7305": ErrorEntry(
        title="not inspected",
        cause="Goods with a shelf life are inspected before anybody signs for them.",
        action="Inspect the goods, report what is damaged, then hand over with inspected true.",
    ),
    "CG-7306": ErrorEntry(
        title="event name used",
        cause="The same client_event_id was sent before with another content.",
        action="Give every new event a name of its own; repeat an event unchanged.",
    ),
    "CG-7307": ErrorEntry(
        title="nothing owed",
        cause="By what was reported, nothing is owed for this line and cause.",
        action="Report damage, refusal or temperature at the stop first, or name another cause.",
    ),
    "CG-7308": ErrorEntry(
        title="not this role's task",
        cause="A task of this severity is ended by others.",
        action="Leave it to one of the roles that the detail names.",
    ),
    "CG-7309": ErrorEntry(
        title="action does not end the task",
        cause="Tasks of this severity are ended by other actions.",
        action="Name one of the actions that the detail lists.",
    ),
    "CG-7310": ErrorEntry(
        title="not this role's report",
        cause="Events of this kind are reported by others: who drives, or who hands out.",
        action="Let one of the roles that the detail names report it.",
    ),
    "CG-7311": ErrorEntry(
        title="range of days refused",
        cause="The range ends before it begins, or has more days than one board may.",
        action="Ask for at most 92 days, with to after from.",
    ),
    "CG-7312": ErrorEntry(
        title="settled otherwise",
        cause="The same line and cause was settled before, by the other remedy.",
        action="Read the task of the first settlement; one cause is settled once.",
    ),
    "CG-7313": ErrorEntry(
        title="nothing to collect",
        cause="All of the order was refused or damaged at this stop: no household can fetch it.",
        action="Settle it by a compensation.",
    ),
    "CG-7701": ErrorEntry(
        title="not this role's alarm",
        cause="What may be done to an alarm of this grade is for others to do.",
        action="Leave it to one of the roles that the detail names.",
    ),
    "CG-7702": ErrorEntry(
        title="shelved for too long",
        cause="The graver the alarm, the shorter the time for which a role may silence it.",
        action="Shelve it for no longer than the detail says, or let the cause be mended.",
    ),
    "CG-7703": ErrorEntry(
        title="range of time refused",
        cause="The range ends before it begins, or is longer than one answer may be.",
        action="Ask for a shorter range, with to after from.",
    ),
    "CG-7704": ErrorEntry(
        title="of which sensor?",
        cause="Readings are asked for one point or for one sensor.",
        action="Name either a point or a sensor, not both.",
    ),
    "CG-7705": ErrorEntry(
        title="no sensor on board",
        cause="The registry has no compartment of this vehicle, so nothing was measured there.",
        action="Add the vehicle's compartments and sensors to points.csv and sensors.csv.",
    ),
    "CG-7801": ErrorEntry(
        title="already decided",
        cause="Somebody has accepted or rejected this reroute, or it has expired.",
        action="Read it anew; the detail names who decided what.",
    ),
    "CG-7802": ErrorEntry(
        title="not on the road",
        cause="Ways out are looked for while the vehicles of a plan are on the road.",
        action="Name a plan that runs; before that, change the plan itself.",
    ),
    "CG-7803": ErrorEntry(
        title="proposal out of date",
        cause="The plan, the vehicle or the station has moved on since it was computed.",
        action="Choose from the new ranking, which comes with this answer.",
    ),
    "CG-7804": ErrorEntry(
        title="no such proposal",
        cause="The reroute has no proposal of this number.",
        action="Take a number from its ranking.",
    ),
    "CG-7805": ErrorEntry(
        title="ways out not computed",
        cause="The process that computes ways out has gone, or took too long.",
        action="Ask again: another one is started. If that happens twice, the log says why.",
    ),
    "CG-7806": ErrorEntry(
        title="disruption of another time",
        cause="The disruption is said to happen in the future.",
        action="Leave the moment out, or send when it was noticed.",
    ),
    "CG-7807": ErrorEntry(
        title="nothing to take back",
        cause="Only an acceptance can be taken back, and nobody has accepted this reroute.",
        action="Reject the reroute if nothing of it shall be done.",
    ),
    "CG-7808": ErrorEntry(
        title="too late to take back",
        cause="A vehicle has begun what came with the proposal, or its old tour is out of reach.",
        action="Open a reroute anew: the ways out are looked for from where the vehicle is now.",
    ),
}
