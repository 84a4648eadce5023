"""Error codes of telemetry with cause and action.

CG-80xx messages and registries, CG-81xx alarms and rule packs, CG-82xx the store,
CG-83xx brokers, CG-84xx calling people, CG-85xx traces and the virtual fleet.
"""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

TELEMETRY_ERRORS: dict[str, ErrorEntry] = {
    "CG-8001": ErrorEntry(
        title="message rejected",
        cause="A message of a sensor became no reading: unknown, broken or impossible.",
        action="Look at what was kept aside; correct the sender, the topic table or the registry.",
    ),
    "CG-8002": ErrorEntry(
        title="entry of the topic table not understood",
        cause="A key is unknown, does not belong to the dialect, or has a value of another kind.",
        action="Correct the entry; `telemetry/payloads/topic_rules.py` shows one in full.",
    ),
    "CG-8003": ErrorEntry(
        title="dialect unknown",
        cause="The topic table names a dialect that is not read.",
        action=("Write flat_json, thingsboard, senml, sparkplug_b, network_server or ruuvi."),
    ),
    "CG-8004": ErrorEntry(
        title="topic filter faulty",
        cause="A filter is empty, or has + or # where MQTT does not allow them.",
        action="Let + stand alone between slashes, and # alone at the end.",
    ),
    "CG-8005": ErrorEntry(
        title="shared subscription",
        cause="A filter begins with $share: the order of one sensor's readings would be lost.",
        action="Give each ingester topics of its own, and a client id of its own.",
    ),
    "CG-8006": ErrorEntry(
        title="sensor's name cannot be had from the topic",
        cause="The template is missing, names a level that the topic has not, or tells none apart.",
        action='Name levels counted from 0, for example "{1}/{3}".',
    ),
    "CG-8007": ErrorEntry(
        title="fields of the topic table faulty",
        cause="A channel is unknown, or a field stands for two things or has another meaning.",
        action="Write one field per channel, or a mapping of probe to field.",
    ),
    "CG-8008": ErrorEntry(
        title="topic never reached",
        cause="An earlier entry takes every topic of this one; the first that matches decides.",
        action="Put the narrower topic first, or leave one out.",
    ),
    "CG-8009": ErrorEntry(
        title="topic table without entries",
        cause="No topic would be subscribed to.",
        action="Name at least one topic, or leave the table out for the default topics.",
    ),
    "CG-8010": ErrorEntry(
        title="file of a registry cannot be read",
        cause="A file is missing, may not be read, or is no CSV in UTF-8 or GBK.",
        action="Give a folder with points.csv and sensors.csv as UTF-8 text.",
    ),
    "CG-8011": ErrorEntry(
        title="column of a registry table",
        cause="A column is missing, unknown or there twice.",
        action="Name the columns as `points.csv` and `sensors.csv` of the documentation do.",
    ),
    "CG-8012": ErrorEntry(
        title="cell of a registry table",
        cause="A cell is empty or says something that its column cannot mean.",
        action="Correct the cell.",
    ),
    "CG-8013": ErrorEntry(
        title="instant of a registry table",
        cause="An instant cannot be read, or names no offset from UTC.",
        action="Write it with its offset, as 2026-03-01T08:00:00+08:00.",
    ),
    "CG-8014": ErrorEntry(
        title="point twice",
        cause="Two rows of points.csv have one id.",
        action="Give each point an id of its own.",
    ),
    "CG-8015": ErrorEntry(
        title="unknown point or gateway",
        cause=(
            "A sensor names a point or gateway that points.csv does not have, or a gateway "
            "as its place."
        ),
        action="Add the point to points.csv, or correct the name.",
    ),
    "CG-8016": ErrorEntry(
        title="stays of a sensor",
        cause="A sensor is in two places at once, or leaves before it comes.",
        action="Correct `from` and `to`: a stay ends at the instant at which the next begins.",
    ),
    "CG-8017": ErrorEntry(
        title="zone of a point",
        cause="A room, compartment or cell has no zone, or a gateway has one.",
        action="Give frozen, chilled or controlled; leave it empty for a gateway.",
    ),
    "CG-8018": ErrorEntry(
        title="YAML of a registry",
        cause="A YAML file of the registry cannot be read.",
        action="Correct the file at the line that is named.",
    ),
    "CG-8019": ErrorEntry(
        title="unknown profile",
        cause="A point names rules that no rule pack has.",
        action="Take the name of a rule pack, or leave it empty for the default of the zone.",
    ),
    "CG-8030": ErrorEntry(
        title="calibration past due",
        cause="A sensor had to be calibrated before today.",
        action="Calibrate the sensor and put down its new offset and date.",
    ),
    "CG-8031": ErrorEntry(
        title="many rooms",
        cause="A site has more than twelve rooms.",
        action="Check that the rooms belong to one site; nothing is refused.",
    ),
    "CG-8032": ErrorEntry(
        title="point without a sensor",
        cause="No sensor speaks for a point, so nothing will be heard of it.",
        action="Place a sensor there, or take the point out.",
    ),
    "CG-8100": ErrorEntry(
        title="rule pack cannot be read",
        cause="The file is no YAML, or far larger than rules are.",
        action="Correct the YAML; the shipped packs in telemetry/alarm/packs show the form.",
    ),
    "CG-8101": ErrorEntry(
        title="unknown key in a rule pack",
        cause="A rule pack or a rule has a key that nobody reads.",
        action="Correct its spelling, or leave it out.",
    ),
    "CG-8102": ErrorEntry(
        title="value in a rule pack",
        cause="A value is missing, or is not what belongs there.",
        action="Write a value of the kind that the message names.",
    ),
    "CG-8103": ErrorEntry(
        title="mean kinetic temperature of frozen goods",
        cause="The mean kinetic temperature is not valid below freezing.",
        action="Use limits and cumulative rules for frozen goods.",
    ),
    "CG-8104": ErrorEntry(
        title="name in use twice",
        cause="Two rules of a pack, or two packs, have one name.",
        action="Give each a name of its own.",
    ),
    "CG-8105": ErrorEntry(
        title="rules that contradict themselves",
        cause="A rule can never come, or comes before a milder one.",
        action="Put limits and times in order, the milder ones first.",
    ),
    "CG-8110": ErrorEntry(
        title="test series cannot be read",
        cause="A file of test series does not have the form of one.",
        action="Write values as `-20x30`, and the alarms that are expected.",
    ),
    "CG-8150": ErrorEntry(
        title="no such open alarm",
        cause="The command names an alarm that is not open: closed, settled, or never raised.",
        action="Look at the open alarms again; somebody may have seen to it already.",
    ),
    "CG-8151": ErrorEntry(
        title="already acknowledged",
        cause="Somebody has acknowledged this alarm before.",
        action="Nothing is to be done; add a comment where there is something to say.",
    ),
    "CG-8152": ErrorEntry(
        title="closing needs a comment",
        cause="An alarm is closed by force without a word why.",
        action="Say in a comment why what it warns of can end in no other way.",
    ),
    "CG-8153": ErrorEntry(
        title="shelving needs an end",
        cause="A shelving without an end, or with one that is over.",
        action="Say until when the alarm is to be silent.",
    ),
    "CG-8154": ErrorEntry(
        title="shelved for too long",
        cause="A shelving may last 24 hours, that of a critical alarm one hour.",
        action="Shelve it for a shorter time; put the point out of service when nothing is in it.",
    ),
    "CG-8155": ErrorEntry(
        title="nothing to silence",
        cause="The alarm has cleared; only an active one can be shelved.",
        action="Acknowledge it instead.",
    ),
    "CG-8156": ErrorEntry(
        title="not shelved",
        cause="An alarm is to come back that is not shelved.",
        action="Nothing is to be done.",
    ),
    "CG-8157": ErrorEntry(
        title="comment without words",
        cause="A comment has to say something.",
        action="Write what is to be known about the alarm.",
    ),
    "CG-8158": ErrorEntry(
        title="no such point",
        cause="The command names a point that the registry does not have.",
        action="Take the id from points.csv.",
    ),
    "CG-8159": ErrorEntry(
        title="state needs an end",
        cause="Pre-cooling, washing and out of service end by themselves, and no end was given.",
        action="Say until when.",
    ),
    "CG-8160": ErrorEntry(
        title="end lies before now",
        cause="What was asked would be over before it begins.",
        action="Give an end that is still to come.",
    ),
    "CG-8161": ErrorEntry(
        title="always watched",
        cause="A room or gateway is always watched and cannot be disarmed for good.",
        action="Disarm it until an instant, or put it out of service.",
    ),
    "CG-8201": ErrorEntry(
        title="telemetry store does not answer",
        cause="The database of the readings cannot be opened, is locked or has gone away.",
        action=(
            "Bring the database back. Nothing is lost: messages stay with the broker until they "
            "are stored."
        ),
    ),
    "CG-8202": ErrorEntry(
        title="another monitor is at work",
        cause="A monitor of this name writes to this store already; two would alarm twice.",
        action="End the other one first, or give this one a name and topics of its own.",
    ),
    "CG-8203": ErrorEntry(
        title="address of the telemetry store",
        cause="The address of the store is none, or of a database that coldgrid does not know.",
        action="Give sqlite:///FILE, or postgresql+psycopg://USER@HOST/NAME with its driver.",
    ),
    "CG-8204": ErrorEntry(
        title="telemetry store of a newer coldgrid",
        cause="A newer coldgrid has brought the tables further than this one knows.",
        action="Run the newer coldgrid, or bring back a backup from before.",
    ),
    "CG-8301": ErrorEntry(
        title="broker refuses us",
        cause="The broker cannot be reached, or does not take user, password or certificate.",
        action="Check address, port and credentials of the broker in the settings.",
    ),
    "CG-8302": ErrorEntry(
        title="broker does not send us topics",
        cause="The broker let us in and refused a subscription.",
        action="Give our user the right to read the topics of the topic table.",
    ),
    "CG-8303": ErrorEntry(
        title="client id used twice",
        cause="Another process connected to the broker with our client id.",
        action="Run one ingester per client id; give a second one an id and topics of its own.",
    ),
    "CG-8304": ErrorEntry(
        title="no broker to start",
        cause="No broker is installed here, or the one that is does not come up.",
        action="Install mosquitto (apt install mosquitto), or read its message and log.",
    ),
    "CG-8305": ErrorEntry(
        title="TLS files not usable",
        cause="A certificate or key for the broker is missing, unreadable or of another kind.",
        action="Name PEM files that this user may read; key and certificate belong together.",
    ),
    "CG-8401": ErrorEntry(
        title="roster cannot be read",
        cause="The roster is no YAML, or has keys that mean nothing, twice or at the wrong place.",
        action="Write the roster as its documentation shows.",
    ),
    "CG-8402": ErrorEntry(
        title="roster has a wrong value",
        cause="A value of the roster is not of the kind that belongs there.",
        action="Correct the value.",
    ),
    "CG-8403": ErrorEntry(
        title="roster names what it does not have",
        cause="A team, a receiver or a step names a receiver or a webhook that does not exist.",
        action="Add it to the roster, or correct the name.",
    ),
    "CG-8404": ErrorEntry(
        title="roster leaves alarms untold",
        cause="At some hour or place an alarm would reach nobody.",
        action="Name receivers under tell, and under otherwise for hours without a team.",
    ),
    "CG-8405": ErrorEntry(
        title="roster has a wrong address",
        cause="An address or secret of the roster is malformed, or its variable is not set.",
        action="Correct the address, or set the environment variable that the roster names.",
    ),
    "CG-8420": ErrorEntry(
        title="receiver has not confirmed",
        cause="A webhook or mail server did not take a message; it is tried again for a day.",
        action="Look at the reason; correct the address or server, then send a test message.",
    ),
    "CG-8440": ErrorEntry(
        title="number of goods is wrong",
        cause="An SSCC or GTIN has not its number of digits, or its check digit does not fit.",
        action="Correct the number, or leave it out: goods without one get a private identifier.",
    ),
    "CG-8500": ErrorEntry(
        title="trace cannot be read",
        cause="The file is not there, is no text in UTF-8 or GBK, or has no rows.",
        action="Name a CSV file in UTF-8 with a header line.",
    ),
    "CG-8501": ErrorEntry(
        title="column not in the trace",
        cause="The header of the trace has no column of that name.",
        action="Name one of the columns that the message lists.",
    ),
    "CG-8502": ErrorEntry(
        title="no row of the trace can be used",
        cause="No row has both an instant and a temperature.",
        action="Check --column and --time-column, and how instants are written (RFC 3339).",
    ),
    "CG-8503": ErrorEntry(
        title="unknown time zone",
        cause="There is no time zone of that name.",
        action="Name one of the IANA data base, such as Asia/Shanghai.",
    ),
    "CG-8504": ErrorEntry(
        title="limits contradict each other",
        cause="The limits asked for leave no temperature that is good.",
        action="Give --warn a higher value than --low, and none of the two beyond reason.",
    ),
    "CG-8510": ErrorEntry(
        title="what to score is not understood",
        cause="A trace to score is not worded as it has to be.",
        action="Write TRACE.csv:COLUMN:ZONE, or TRACE.csv:COLUMN:ZONE:LIMIT.",
    ),
    "CG-8511": ErrorEntry(
        title="trace too short to score",
        cause="Too few samples to learn from in its first half, or to watch in its second.",
        action="Give a longer trace.",
    ),
    "CG-8512": ErrorEntry(
        title="trace is never well",
        cause="In its second half the trace is never inside its band by half a degree.",
        action="Give it another zone or limit, or leave LIMIT out.",
    ),
    "CG-8520": ErrorEntry(
        title="fleet file cannot be read",
        cause="The file of a virtual fleet is not there, is no YAML, or says what no fleet has.",
        action="Correct the file; telemetry/virtual_fleet/spec_file.py shows both of its forms.",
    ),
    "CG-8521": ErrorEntry(
        title="failure not understood",
        cause="What shall go wrong in a virtual fleet is not worded as it has to be.",
        action="Write KIND@MINUTE[+MINUTES]:POINT, such as door_open@5+10:V1/chilled.",
    ),
    "CG-8522": ErrorEntry(
        title="failure befalls nobody",
        cause="A failure names a point, sensor or gateway that the virtual fleet does not have.",
        action="Name one of those in the registry that `coldgrid simulate --registry` writes.",
    ),
    "CG-8523": ErrorEntry(
        title="virtual fleet contradicts itself",
        cause="A part of the fleet has an impossible number, stands twice, or names a missing one.",
        action="Correct that part of the fleet file.",
    ),
    "CG-8524": ErrorEntry(
        title="truth of the virtual fleet cannot be written",
        cause="The file for what really was cannot be opened or written.",
        action="Name a file in a folder that can be written and has room.",
    ),
    "CG-8530": ErrorEntry(
        title="broker's configuration cannot be read",
        cause="The file is not there, may not be read, or is no text.",
        action="Name mosquitto's configuration, as a user who may read it.",
    ),
    "CG-8531": ErrorEntry(
        title="broker's files are there already",
        cause="The folder holds a file that would be written; its accounts may be in use.",
        action="Name another folder with --out, or move the old files away.",
    ),
    "CG-8532": ErrorEntry(
        title="device cannot have an account",
        cause="A device logs in under its id, and mosquitto's accounts end at a colon; + and # and "
        "a slash mean something in topics.",
        action="Give the device an id without these signs, or a gateway that speaks for it.",
    ),
}
