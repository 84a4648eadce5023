"""Error codes of requests, problems and jobs, and of the life of a plan."""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

REQUEST_ERRORS: dict[str, ErrorEntry] = {
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
}
