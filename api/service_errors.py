"""Error codes of the service with cause and action, beside those of ``optimizer.domain``.

CG-70xx any request, CG-71xx problems and jobs, CG-72xx the life of a plan, CG-73xx the road,
CG-74xx who may do what, CG-75xx paper, CG-76xx running the service, CG-77xx alarms and readings;
CG-8xxx are those of ``telemetry``.
"""

from __future__ import annotations

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import ErrorEntry
from telemetry.error_table import TELEMETRY_ERRORS

# Long because it is one table, in which people look for a code.

SERVICE_ERRORS: dict[str, ErrorEntry] = {
    "CG-7001": ErrorEntry(
        title="not found",
        cause="Nothing has this id, or there is no such route.",
        action="Take ids from the lists that the service gives; /v1/openapi.json has the routes.",
    ),
    "CG-7002": ErrorEntry(
        title="method not allowed",
        cause="The route exists, but not with this method.",
        action="Use a method that the Allow header names.",
    ),
    "CG-7003": ErrorEntry(
        title="malformed request",
        cause="A header, a parameter or the body cannot be read as what it should be.",
        action="Correct what the detail names.",
    ),
    "CG-7004": ErrorEntry(
        title="request too large",
        cause="The body has more bytes, or the problem more order lines, than one request may.",
        action="Split the request, or ask the operator to raise the limit that the detail names.",
    ),
    "CG-7005": ErrorEntry(
        title="unsupported media type",
        cause="The body is of a kind that this route does not read.",
        action="Send application/json, or multipart/form-data where the route takes tables.",
    ),
    "CG-7006": ErrorEntry(
        title="body refused",
        cause="The body is readable, but a value in it is missing, unknown or impossible.",
        action="Correct the places that are listed; /v1/openapi.json has the schema.",
    ),
    "CG-7007": ErrorEntry(
        title="wrong state",
        cause="What was asked cannot be done in the state that the thing is in.",
        action="Read its state anew; the detail names the states in which it can be done.",
    ),
    "CG-7008": ErrorEntry(
        title="If-Match needed",
        cause="A change of a plan must say which revision of the plan it was made for.",
        action="Send If-Match with the ETag that the plan was read with.",
    ),
    "CG-7009": ErrorEntry(
        title="stale version",
        cause="Somebody else has changed the plan since it was read.",
        action="Read the plan anew, look at the change, and ask again with the new ETag.",
    ),
    "CG-7010": ErrorEntry(
        title="database does not answer",
        cause="The database cannot be opened, is locked by another program or has gone away.",
        action="Try again; coldgrid doctor names what is wrong with it.",
    ),
    "CG-7011": ErrorEntry(
        title="database setting unreadable",
        cause="COLDGRID_DATABASE is no address of a database that coldgrid can use.",
        action="Set it to sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
    ),
    "CG-7012": ErrorEntry(
        title="the service failed",
        cause="Something happened that the service did not foresee: a defect.",
        action="Report it with the request id; the log has the trace.",
    ),
    "CG-7013": ErrorEntry(
        title="too many requests",
        cause="More was asked in a short time, or waits already, than the service takes on.",
        action="Wait for the seconds that Retry-After names, then ask again.",
    ),
    "CG-7014": ErrorEntry(
        title="not acceptable",
        cause="The route cannot give any of the media types that the Accept header names.",
        action="Ask for one of the media types that the detail names.",
    ),
    "CG-7101": ErrorEntry(
        title="planning failed",
        cause="Something happened in the job's process that coldgrid did not foresee: a defect.",
        action="Report it with the job's id; the log of the service has the trace.",
    ),
    "CG-7102": ErrorEntry(
        title="process of the job gone",
        cause="The process ended without an answer: memory ran out, or it overran its time.",
        action="Give the service more memory or fewer jobs at a time, then ask for the plan again.",
    ),
    "CG-7103": ErrorEntry(
        title="job given up",
        cause="The service went down several times while it worked on this job.",
        action="Look into the log for what ended the service, then ask for the plan again.",
    ),
    "CG-7104": ErrorEntry(
        title="job ended",
        cause="The job has succeeded, was stopped or has failed: nothing is left to stop.",
        action="Read the job; its plan, where it has one, stays.",
    ),
    "CG-7105": ErrorEntry(
        title="travel file not offered",
        cause=(
            "travel.file or travel.closures is no plain name of a file in the operator's travel "
            "folder."
        ),
        action="Use the provider great_circle, or ask the operator for the files' names.",
    ),
    "CG-7106": ErrorEntry(
        title="idempotency key used",
        cause="The same sender used this key before, for a request with another content.",
        action="Use a new key for a new request; repeat a request unchanged to get its job again.",
    ),
    "CG-7107": ErrorEntry(
        title="unknown part",
        cause="The form has a part that this route does not know, or the same part twice.",
        action="Use the parts that the detail names.",
    ),
    "CG-7108": ErrorEntry(
        title="workbook refused",
        cause="The workbook is no .xlsx file, or unpacks to more than the service takes on.",
        action="Save it as .xlsx with the tables alone, or upload the tables as CSV.",
    ),
    "CG-7109": ErrorEntry(
        title="order too late",
        cause="The site takes no more orders before this festival.",
        action="Take the row out, or send it on the first day after the festival.",
    ),
    "CG-7110": ErrorEntry(
        title="nothing to judge",
        cause="A limit of 0 only judges the plan that stands in judge, and there is none.",
        action="Send a PLAN.json as judge, or a time limit above 0.",
    ),
    "CG-7201": ErrorEntry(
        title="plan breaks rules",
        cause="The version has violations, and nobody has said that it shall be driven with them.",
        action='Correct the plan, or send {"accept_violations": true, "reason": "..."}.',
    ),
    "CG-7202": ErrorEntry(
        title="route stays as it is",
        cause="The change would touch a route that has left, leaves soon, is loaded or is locked.",
        action="Change other routes; unlock a route that is only locked; what happens to goods on "
        "the road is reported at their stops.",
    ),
    "CG-7203": ErrorEntry(
        title="nothing to undo",
        cause="No version stood before the first one.",
        action="Look at the plan's versions; what was undone already is among them.",
    ),
    "CG-7204": ErrorEntry(
        title="cannot be left out and optimised",
        cause="A new optimisation serves every line that it can, also one left out by hand.",
        action="Leave the line out with limit 0, or cancel it with POST /v1/plans/{plan}/orders.",
    ),
    "CG-7205": ErrorEntry(
        title="not in the plan",
        cause="A line, vehicle or route that the body names is none of the plan's.",
        action="Take ids from the plan and its problem.",
    ),
    "CG-7206": ErrorEntry(
        title="goods have left",
        cause="A line that shall be cancelled rides on a route that stays as it is.",
        action="Report the line as refused at its stop, or unlock the route if it is only locked.",
    ),
    "CG-7207": ErrorEntry(
        title="order after the cut-off",
        cause="The pickup point takes no orders in the last days before a festival.",
        action="Offer another pickup point, or delivery after the festival.",
    ),
    "CG-7208": ErrorEntry(
        title="line ordered before",
        cause="A late row bears the order and line of one that the plan has already.",
        action="Give the line another number, or cancel the one that is there first.",
    ),
    "CG-7209": ErrorEntry(
        title="no order left",
        cause="With these cancellations there would be no order line to plan.",
        action="Keep one line, or let the plan stand and do not drive it.",
    ),
    "CG-7210": ErrorEntry(
        title="pin against a route that stays",
        cause="The line rides with another vehicle on a route that stays as it is.",
        action="Leave the pin out, or name the vehicle that carries the line.",
    ),
    "CG-7211": ErrorEntry(
        title="beginning cannot be settled",
        cause="The stops are not those of the vehicle's first open trip, or a pin is against it.",
        action="Name stops of that trip, or move them there in the same request.",
    ),
    "CG-7601": ErrorEntry(
        title="database of another coldgrid",
        cause="The tables have been changed by a release of coldgrid that is newer than this one.",
        action="Run that release again, or bring back the backup made before it was installed.",
    ),
    "CG-7602": ErrorEntry(
        title="setting refused",
        cause="An environment variable has a value that its setting cannot have.",
        action="Correct the variable that is named; docs/operator.md lists what each may be.",
    ),
    "CG-7603": ErrorEntry(
        title="database of another service",
        cause="Another coldgrid serves from this database; both would begin the same jobs.",
        action="Stop the other one, or name another database with --database.",
    ),
    "CG-7604": ErrorEntry(
        title="address cannot be served",
        cause="The port is in use, needs other rights, or the host is not one of this machine.",
        action="Choose another with --port or --host; port 0 takes any that is free.",
    ),
    "CG-7605": ErrorEntry(
        title="no sample city here",
        cause="The sample lies in the checkout of coldgrid, which is not where this runs from.",
        action="Run it in the checkout, or serve your own database with coldgrid serve.",
    ),
    "CG-7606": ErrorEntry(
        title="service is not well",
        cause="A part that answers need does not work: the database, or what runs the jobs.",
        action="Read the causes in the detail; coldgrid doctor and the log say more.",
    ),
    "CG-7610": ErrorEntry(
        title="monitor without a setting",
        cause="The monitor was not told which broker to read, or where the registry lies.",
        action="Set COLDGRID_BROKER and COLDGRID_REGISTRY, or give --broker and --registry.",
    ),
    "CG-7401": ErrorEntry(
        title="who are you?",
        cause="This route wants to know who asks, and the request does not say.",
        action="Send Authorization: Bearer with an API key, or log in with POST /v1/session.",
    ),
    "CG-7402": ErrorEntry(
        title="key refused",
        cause="The API key is unknown, has expired or was revoked.",
        action="Ask an admin for a new one (POST /v1/keys, or coldgrid key create).",
    ),
    "CG-7403": ErrorEntry(
        title="session over",
        cause="The session has expired, was ended or never was.",
        action="Log in again with POST /v1/session.",
    ),
    "CG-7404": ErrorEntry(
        title="log-in refused",
        cause="Name and password do not belong together, or the account is locked or disabled.",
        action="Try again; after 5 wrong passwords only 15 minutes later. An admin can set a new "
        "password with coldgrid user password.",
    ),
    "CG-7405": ErrorEntry(
        title="not allowed",
        cause="Neither the role nor, with a key, its scopes include this route.",
        action="Ask an admin; the operator's page has the table of roles and routes.",
    ),
    "CG-7406": ErrorEntry(
        title="request from elsewhere",
        cause="The request bears a session but no proof that a page of this service made it.",
        action="Send X-CSRF-Token as GET /v1/session gives it, from a page of the same origin.",
    ),
    "CG-7407": ErrorEntry(
        title="not yours",
        cause="The account is narrowed to one vehicle or some sites, and this is another's.",
        action="Ask an admin to widen the account, if the work is yours.",
    ),
    "CG-7408": ErrorEntry(
        title="no users yet",
        cause="Nobody has an account yet, so only requests from this machine itself are answered.",
        action="Add the first one at the machine: coldgrid user add NAME --role admin.",
    ),
    "CG-7409": ErrorEntry(
        title="nobody would be left",
        cause="Without an admin who can log in nobody could manage accounts any more.",
        action="Add an admin first, or make somebody else one.",
    ),
    "CG-7410": ErrorEntry(
        title="name taken",
        cause="A user of this name exists already; capitals make no difference.",
        action="Choose another name, or change the user who has it.",
    ),
    "CG-7411": ErrorEntry(
        title="no password here",
        cause="Whoever asks came with a key or from the machine itself, and has no password.",
        action="Log in with POST /v1/session, then ask again.",
    ),
    "CG-7412": ErrorEntry(
        title="password refused",
        cause="A password has 12 to 200 characters and is not the user's own name; whoever changes "
        "it proves that they know the old one.",
        action="Do as the detail says.",
    ),
    "CG-7413": ErrorEntry(
        title="open to nobody but this machine",
        cause="Without users the service asks for no password, so it listens on loopback only.",
        action="Add a user first: coldgrid user add NAME --role admin; or keep --host 127.0.0.1.",
    ),
    "CG-7414": ErrorEntry(
        title="not noted",
        cause="The request was carried out, but the audit log could not be written.",
        action="Read the state before asking again; coldgrid doctor says what is wrong with the "
        "database.",
    ),
    "CG-7415": ErrorEntry(
        title="scope without use",
        cause="The key would hold a scope that no route of its role asks for.",
        action="Leave out the scopes that the detail names, or choose another role.",
    ),
    "CG-7501": ErrorEntry(
        title="no font for the PDF",
        cause="The PDF has Chinese or other letters beyond Western European ones, and no font "
        "file with such glyphs is installed or set.",
        action="Install one (Debian and Ubuntu: apt-get install fonts-wqy-microhei) or set "
        "COLDGRID_FONT to a font file; HTML and CSV need none.",
    ),
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
}

ALL_ERRORS = ERRORS | SERVICE_ERRORS | TELEMETRY_ERRORS
"""Every code of the system."""
