"""Every error code of the system with its cause and what a person does about it.

CG-1xxx input, CG-2xxx travel, CG-3xxx planning and engines, CG-4xxx plans and checks,
CG-5xxx benchmark files, CG-6xxx the command line.
"""
# Long because it is one table, which people search by code.

from __future__ import annotations

from optimizer.domain.error_table_benchmark import BENCHMARK_ERRORS
from optimizer.domain.error_table_solving import SOLVING_ERRORS
from optimizer.domain.errors import ErrorEntry

ERRORS: dict[str, ErrorEntry] = {
    "CG-1001": ErrorEntry(
        title="input not found",
        cause="A file, sheet or section that a problem needs is not there.",
        action=(
            "Name a folder of tables, an Excel workbook or a JSON file that has sites, "
            "vehicles, orders and settings."
        ),
    ),
    "CG-1002": ErrorEntry(
        title="missing column",
        cause="A column whose cells have no default is not in the table.",
        action="Add the column; docs/problem.md lists the columns of every table.",
    ),
    "CG-1003": ErrorEntry(
        title="unknown column or key",
        cause="A column or a settings key has a name that coldgrid does not know.",
        action="Correct the name or take it out; what nobody reads must not look as if it counted.",
    ),
    "CG-1004": ErrorEntry(
        title="column or key twice",
        cause="A column or key stands twice, so that one of the two would be lost.",
        action="Keep one of the two.",
    ),
    "CG-1005": ErrorEntry(
        title="unreadable file",
        cause=(
            "The file is damaged, too large, in another encoding or not of the kind its name says."
        ),
        action=(
            "Save it anew: CSV as UTF-8 with commas, a workbook as .xlsx, settings as plain YAML."
        ),
    ),
    "CG-1006": ErrorEntry(
        title="value missing",
        cause="A cell or settings key that has no default is empty.",
        action="Fill it in.",
    ),
    "CG-1007": ErrorEntry(
        title="not a number",
        cause="The text is no finite decimal number.",
        action=(
            "Write digits with a point, such as 12.5, without unit and without thousands "
            "separators."
        ),
    ),
    "CG-1008": ErrorEntry(
        title="number out of range",
        cause="The number is too small or too large for what it counts.",
        action="Write a number inside the range that the message names.",
    ),
    "CG-1009": ErrorEntry(
        title="not a time",
        cause="The text is no time of day and no instant.",
        action=(
            "Write HH:MM in 24 hours, such as 06:30, or an instant such as "
            "2026-02-11T06:30:00+08:00."
        ),
    ),
    "CG-1010": ErrorEntry(
        title="instant without offset",
        cause="The instant does not say from which time zone it is.",
        action="Add the offset, such as +08:00, or write HH:MM.",
    ),
    "CG-1011": ErrorEntry(
        title="time outside the horizon",
        cause="The instant lies before the horizon start or more than 48 hours after it.",
        action="Write an instant inside the horizon, or HH:MM.",
    ),
    "CG-1012": ErrorEntry(
        title="unknown word",
        cause="The cell allows a few words only and this is none of them.",
        action="Write one of the words that the message names.",
    ),
    "CG-1013": ErrorEntry(
        title="id twice",
        cause="Two rows bear the same id.",
        action="Give every row of the table its own id.",
    ),
    "CG-1014": ErrorEntry(
        title="order line twice",
        cause="Two rows bear the same order and line.",
        action="Give every line of an order its own line number.",
    ),
    "CG-1015": ErrorEntry(
        title="unknown reference",
        cause="The row names something that no other row or setting describes.",
        action="Correct the name or describe the thing it names.",
    ),
    "CG-1016": ErrorEntry(
        title="wrong home",
        cause="The vehicle's home is not a warehouse of its echelon.",
        action="Station linehaul vehicles at a central and last_mile vehicles at a grid.",
    ),
    "CG-1017": ErrorEntry(
        title="order for no pickup point",
        cause="The order goes to a site that is not a pickup point.",
        action="Write the id of a site of kind pickup.",
    ),
    "CG-1018": ErrorEntry(
        title="no central warehouse",
        cause="No site is of kind central, so goods come from nowhere.",
        action="Give one site the kind central.",
    ),
    "CG-1019": ErrorEntry(
        title="hours that say nothing",
        cause="A site opens and closes at the same time, or only one of the two is given.",
        action="Write two different times; leave both empty for a site that is always open.",
    ),
    "CG-1020": ErrorEntry(
        title="window upside down",
        cause="A window ends before or when it begins.",
        action=(
            "Write the earlier time first; HH:MM means the first such time after the window's "
            "begin."
        ),
    ),
    "CG-1021": ErrorEntry(
        title="sum too large",
        cause="The numbers are so large that their sum or the objective would not be exact.",
        action=(
            "Look for a unit mistaken, such as grams for kilograms, and for prices or "
            "priorities too large."
        ),
    ),
    "CG-1022": ErrorEntry(
        title="no orders",
        cause="There is no order line to plan.",
        action="Give at least one order line.",
    ),
    "CG-1023": ErrorEntry(
        title="bulkhead step too large",
        cause="One step of the bulkhead is longer than the whole body.",
        action=(
            "Write a step smaller than the sum of the compartments, or leave it empty for "
            "fixed bulkheads."
        ),
    ),
    "CG-1024": ErrorEntry(
        title="vehicle without a compartment",
        cause="Every compartment of the vehicle is empty or 0.",
        action="Give the vehicle the litres of at least one zone.",
    ),
    "CG-1025": ErrorEntry(
        title="another schema",
        cause="The input does not say that it is a coldgrid problem of a version that can be read.",
        action="Write schema: coldgrid/problem/1.",
    ),
    "CG-1026": ErrorEntry(
        title="unknown time zone",
        cause="The time zone is none of the IANA database.",
        action="Write an IANA name such as Asia/Shanghai.",
    ),
    "CG-1027": ErrorEntry(
        title="wrong shape",
        cause="A list, a mapping or a single value stands where another of the three belongs.",
        action="Give it the shape that the message names.",
    ),
    "CG-1028": ErrorEntry(
        title="settings contradict each other",
        cause="Two settings cannot both hold.",
        action="Change one of the two that the message names.",
    ),
    "CG-1029": ErrorEntry(
        title="rows of several days",
        cause="A day file has rows of more than one date.",
        action="Convert one day at a time: split the file by date.",
    ),
    "CG-1030": ErrorEntry(
        title="client in two places",
        cause="Rows of one client give different coordinates.",
        action="Give all rows of a client the same coordinates, or a branch its own id.",
    ),
    "CG-1031": ErrorEntry(
        title="skills run together",
        cause="The names in a cell of skills are separated by something else than blanks.",
        action="Write the skills with blanks between them, such as: tail_lift old_town.",
    ),
    "CG-1032": ErrorEntry(
        title="lockers at another kind of site",
        cause="A site that is no pickup point has locker cells.",
        action="Leave the columns of cells empty unless kind is pickup.",
    ),
    "CG-1033": ErrorEntry(
        title="locker cells without a size",
        cause="A site has locker cells, and cell_l does not say what one of them holds.",
        action="Write the litres of one cell as cell_l, or take the cells out.",
    ),
    "CG-1034": ErrorEntry(
        title="ordered too late",
        cause="A line was ordered when its booked hours or the deadline of its class were over.",
        action="Leave ordered_at empty for orders from before the horizon, or write the instant"
        " with its date: a time of day is the first such time after the horizon starts.",
    ),
    "CG-1035": ErrorEntry(
        title="collect named like an order line",
        cause="A row of collects has the order and line of a row of orders.",
        action="Give what is collected an order or a line of its own, such as E1.",
    ),
    "CG-1501": ErrorEntry(
        title="unknown vehicle",
        cause="The vehicle that is said to break is none of the problem's.",
        action="Give the id as vehicles.csv has it.",
    ),
    "CG-1502": ErrorEntry(
        title="not on the road",
        cause="The plan has the vehicle at home at that moment.",
        action=(
            "Check vehicle and time; before it has left or after it is back, change the plan "
            "instead."
        ),
    ),
    "CG-1503": ErrorEntry(
        title="nothing on board",
        cause="No goods of that zone are on board any more.",
        action="Check zone and time; an empty compartment needs no way out.",
    ),
    "CG-1504": ErrorEntry(
        title="no van",
        cause="The vehicle that is said to break is a truck between warehouses.",
        action="Name a vehicle of the last mile; replan the day when a truck fails.",
    ),
    "CG-1505": ErrorEntry(
        title="no instant of this day",
        cause="The time of the break cannot be read, has no offset, or is not on the plan's day.",
        action="Write it as RFC 3339 with offset, such as 2026-06-16T09:30:00+08:00.",
    ),
    "CG-1506": ErrorEntry(
        title="impossible temperature",
        cause="A temperature is none that goods or weather have.",
        action="Give degrees Celsius between -60 and 60.",
    ),
    "CG-1507": ErrorEntry(
        title="compartment named twice",
        cause="Two of the breaks that are to be answered together are of the same compartment.",
        action="Give each vehicle and zone once, with the latest that is known of it.",
    ),
    "CG-1520": ErrorEntry(
        title="event outside the day",
        cause="The moment of an event lies before or after the day of the plan.",
        action="Give an instant of the day that the plan is for.",
    ),
    "CG-1521": ErrorEntry(
        title="a truck stands",
        cause="The vehicle that is said to stand is a truck between warehouses.",
        action="Report its route as a late linehaul, with the delay of the truck that takes over.",
    ),
    "CG-1522": ErrorEntry(
        title="nothing left to do",
        cause="The vehicle that is said to stand is on no trip, and has none to come.",
        action="Check vehicle and time; a van that is home for good needs no way out.",
    ),
    "CG-1523": ErrorEntry(
        title="no truck to wait for",
        cause="No truck of that route or to that grid warehouse is still to bring anything.",
        action="Name a linehaul route of the plan that is not over, or a grid that waits for one.",
    ),
    "CG-1524": ErrorEntry(
        title="no delay",
        cause="The delay of a late truck is zero or less.",
        action="Give the minutes by which it comes later than planned.",
    ),
    "CG-1525": ErrorEntry(
        title="urgent order that cannot be asked",
        cause=(
            "A line of it is in the problem already, its pickup point or promise class is not, "
            "or its lines go to several points."
        ),
        action="Give new line numbers and one known point; report other points as further events.",
    ),
    "CG-1526": ErrorEntry(
        title="backup van that cannot join",
        cause=(
            "The problem has another vehicle of this id, or lacks the home or the type of the van."
        ),
        action="Give the van an id of its own, a grid warehouse and a known vehicle type.",
    ),
    "CG-1527": ErrorEntry(
        title="closed road that nobody needs",
        cause="No drive that is still to come leads through the closed area.",
        action="Nothing has to change; check area and times if you expected something else.",
    ),
    "CG-1530": ErrorEntry(
        title="event that cannot be read",
        cause="A field of an event is missing, unknown or has no meaning.",
        action="Mend the field that the message names; docs/recovery.md lists them.",
    ),
    "CG-1531": ErrorEntry(
        title="event file that cannot be read",
        cause="The file of an event is not there or is no JSON.",
        action="Name a file with one JSON object, as docs/recovery.md describes it.",
    ),
    "CG-2001": ErrorEntry(
        title="unknown travel provider",
        cause="settings.yaml names a source of distances that does not exist.",
        action="Write great_circle, matrix, road_graph or osrm as travel.provider.",
    ),
    "CG-2002": ErrorEntry(
        title="travel file cannot be read",
        cause=(
            "The matrix, road graph or closures file is not named, not there, or the problem came "
            "without a folder."
        ),
        action="Put the file beside settings.yaml and name it in travel.file or travel.closures.",
    ),
    "CG-2003": ErrorEntry(
        title="travel file outside the problem",
        cause="travel.file or travel.closures leads out of the problem's own folder.",
        action="Put the file into the problem's folder and give its name.",
    ),
    "CG-2004": ErrorEntry(
        title="matrix file is not a table",
        cause="The file is neither UTF-8 nor GBK, not CSV, or lacks a column.",
        action="Write CSV with the columns from, to, distance_m and, where measured, duration_s.",
    ),
    "CG-2005": ErrorEntry(
        title="bad distance or duration",
        cause="A number of the matrix is none, is negative or is larger than any road.",
        action="Write metres and seconds as numbers; leave a row out where there is no way.",
    ),
    "CG-2006": ErrorEntry(
        title="unknown site in the matrix",
        cause="A row of the matrix names a site that the problem does not have.",
        action="Correct the id, or leave the row out.",
    ),
    "CG-2007": ErrorEntry(
        title="pair given twice",
        cause="Two rows of the matrix give the same pair in the same direction.",
        action="Keep one of them.",
    ),
    "CG-2008": ErrorEntry(
        title="durations of some pairs only",
        cause="Some rows of the matrix have a duration and some have none.",
        action="Give duration_s in every row, or in none and let speeds decide.",
    ),
    "CG-2010": ErrorEntry(
        title="no road graph",
        cause="The road graph is neither GraphML nor a CSV edge list, or it has no edge.",
        action="Give a file as docs/operator.md describes it, without entities or document type.",
    ),
    "CG-2011": ErrorEntry(
        title="bad node of the road graph",
        cause="A node has no coordinates in degrees, or lies in two places.",
        action="Give every node latitude and longitude (WGS 84), the same wherever it stands.",
    ),
    "CG-2012": ErrorEntry(
        title="bad edge of the road graph",
        cause="An edge names a node that is not there, or its length, time or line is none.",
        action="Give metres, seconds and well-known text, or leave the edge out.",
    ),
    "CG-2013": ErrorEntry(
        title="times of some edges only",
        cause="Some edges of the road graph have a time and some have none.",
        action="Give every edge its seconds, or none and let speeds decide.",
    ),
    "CG-2014": ErrorEntry(
        title="site far from every road",
        cause="No road of the graph or of the OSRM server is near a site of the problem.",
        action="Correct the site's coordinates, or use a map that covers it.",
    ),
    "CG-2015": ErrorEntry(
        title="closures are no areas",
        cause="The file of closures is not GeoJSON, or a feature of it is not a valid area.",
        action="Draw Polygon or MultiPolygon in degrees, longitude before latitude.",
    ),
    "CG-2016": ErrorEntry(
        title="closure for a part of the day",
        cause="A closure has times, but closures count all day.",
        action="Take the times out, or leave the area out of the file.",
    ),
    "CG-2020": ErrorEntry(
        title="no OSRM server for the profile",
        cause="The problem asks for OSRM, and the operator has set no server for its profile.",
        action="Set COLDGRID_OSRM_URL, or write a profile that it names as travel.profile.",
    ),
    "CG-2021": ErrorEntry(
        title="OSRM server away",
        cause="The OSRM server cannot be reached or stays busy.",
        action="Start the server or correct COLDGRID_OSRM_URL, then plan again.",
    ),
    "CG-2022": ErrorEntry(
        title="OSRM answer is no table",
        cause="The server behind COLDGRID_OSRM_URL answers something else than a table.",
        action="Look whether the address is that of an OSRM server with the profile asked for.",
    ),
    **SOLVING_ERRORS,
    "CG-4001": ErrorEntry(
        title="plan of another problem",
        cause="The plan's problem digest is not the digest of the problem given.",
        action="Check the plan against the problem it was made for, or plan this problem anew.",
    ),
    "CG-4002": ErrorEntry(
        title="unreadable plan file",
        cause="The file is missing, damaged or no JSON.",
        action="Give the PLAN.json that coldgrid plan wrote.",
    ),
    "CG-4003": ErrorEntry(
        title="no plan",
        cause="The document does not keep the JSON Schema of a plan.",
        action=(
            "Give the PLAN.json that coldgrid plan wrote; coldgrid schema plan prints the schema."
        ),
    ),
    "CG-4004": ErrorEntry(
        title="plan contradicts itself",
        cause="A value of the plan denies another value of the same plan.",
        action="Restore the value that was changed, or plan anew.",
    ),
    "CG-4010": ErrorEntry(
        title="unknown route",
        cause="The plan has no route of this id.",
        action="Name a route of this version of the plan; an edit may have given it another id.",
    ),
    "CG-4011": ErrorEntry(
        title="unknown line in an edit",
        cause="The plan neither delivers this line nor lists it as unserved.",
        action="Name the order and the line as the plan does.",
    ),
    "CG-4012": ErrorEntry(
        title="no such stop",
        cause="The route does not stop at this site.",
        action="Name a site at which the route stops.",
    ),
    "CG-4013": ErrorEntry(
        title="position out of range",
        cause="The position is negative or lies behind the last stop of the route.",
        action="Count the stops of the target from 0, or give no position for the cheapest place.",
    ),
    "CG-4014": ErrorEntry(
        title="vehicle does not fit the route",
        cause="The vehicle is unknown, or it is of another echelon or home than the route.",
        action="Take a vehicle of the same warehouse and the same leg.",
    ),
    "CG-4015": ErrorEntry(
        title="route is fixed",
        cause="The route has left, leaves within the frozen horizon, or is locked.",
        action="Leave it as it is, unlock it, or have the vehicle called by phone.",
    ),
    "CG-4016": ErrorEntry(
        title="cancelled line is loaded",
        cause="A line that is no longer ordered rides on a route that stays as it is.",
        action="Keep the line and let it be refused at the door, or unlock the route.",
    ),
    "CG-4017": ErrorEntry(
        title="pin against a fixed route",
        cause="A line is pinned to a vehicle, and its goods go elsewhere on a route that stays.",
        action="Take the pin away, or unlock the route.",
    ),
    "CG-4018": ErrorEntry(
        title="pin to a vehicle that delivers nothing",
        cause="A line is pinned to a vehicle that is unknown or none of the last mile.",
        action="Pin the line to a vehicle that has a grid warehouse as its home.",
    ),
    "CG-4019": ErrorEntry(
        title="edit of the wrong echelon",
        cause="The stop or line would go from a van to a truck or from a truck to a van.",
        action="Move it to a route of the same echelon.",
    ),
    "CG-4020": ErrorEntry(
        title="beginning cannot be settled",
        cause="The stops named are not those of the first trip of the vehicle that is still open.",
        action="Name stops of that trip, or move them there first; unlock a trip that is locked.",
    ),
    **BENCHMARK_ERRORS,
    "CG-6001": ErrorEntry(
        title="file cannot be written",
        cause="The place for an output is missing, is no folder or may not be written to.",
        action="Name a place that exists and that you may write to.",
    ),
    "CG-6002": ErrorEntry(
        title="coldgrid itself failed",
        cause="Something happened that the program did not foresee: a defect.",
        action="Report it with the lines above and the problem file.",
    ),
}
