"""Error codes of who may do what, of paper, and of running the service."""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

HOUSE_ERRORS: dict[str, ErrorEntry] = {
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
    "CG-7416": ErrorEntry(
        title="key has ended",
        cause="A key that was revoked, or whose time is over, is not followed by another.",
        action="Make a new one with coldgrid key create.",
    ),
    "CG-7501": ErrorEntry(
        title="no font for the PDF",
        cause="The PDF has Chinese or other letters beyond Western European ones, and no font "
        "file with such glyphs is installed or set.",
        action="Install one (Debian and Ubuntu: apt-get install fonts-wqy-microhei) or set "
        "COLDGRID_FONT to a font file; HTML and CSV need none.",
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
        action="Stop the other one, start both with --beside, or name another database.",
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
    "CG-7607": ErrorEntry(
        title="service is not ready",
        cause="Requests should go elsewhere for now: a part does not work, the service is about to "
        "stop, or a newer release has changed the tables.",
        action="Read the causes in the detail; end the older release where two run beside each "
        "other.",
    ),
    "CG-7610": ErrorEntry(
        title="monitor without a setting",
        cause="The monitor was not told which broker to read, or where the registry lies.",
        action="Set COLDGRID_BROKER and COLDGRID_REGISTRY, or give --broker and --registry.",
    ),
}
