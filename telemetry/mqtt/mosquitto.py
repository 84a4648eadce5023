"""The settings mosquitto needs so that nothing is lost, and its files of accounts and rights."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

AUTOSAVE_S = 5

ROUNDS = 101
SALT_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MosquittoOptions:
    """Who may enter.

    Parameters
    ----------
    accounts
        Passwords by user; empty lets everybody in.
    rights
        Lines of mosquitto's file of rights (``user …``, ``topic read …``); empty allows all.
    certificate, key
        Of the broker, where TLS is spoken.
    client_ca
        Who must have signed the certificates of clients; None asks for none.
    autosave_s
        A broker that is killed loses at most what came in so many seconds.
    """

    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    rights: Sequence[str] = ()
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    autosave_s: int = AUTOSAVE_S


def mosquitto_settings(autosave_s: int = AUTOSAVE_S) -> list[str]:
    """Give the lines that any mosquitto needs whose messages must not get lost.

    Its defaults keep nothing over a restart and drop what exceeds a thousand waiting messages.
    """
    return [
        "persistence true",
        f"autosave_interval {autosave_s}",
        "max_inflight_messages 1000",
        "max_queued_messages 0",
        "max_queued_bytes 0",
    ]


def write_files(folder: Path, host: str, port: int, options: MosquittoOptions) -> Path:
    """Write settings, accounts and rights; give the file of settings."""
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    lines = [
        f"listener {port} {host}",
        *mosquitto_settings(options.autosave_s),
        f"persistence_location {folder}/",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        # It stays who we are: the folder is ours.
        f"user {pwd.getpwuid(os.getuid()).pw_name}",
        f"allow_anonymous {'false' if options.accounts else 'true'}",
    ]
    if options.accounts:
        accounts = (f"{user}:{hashed(word)}" for user, word in options.accounts.items())
        lines.append(f"password_file {_private(folder / 'accounts', accounts)}")
    if options.rights:
        lines.append(f"acl_file {_private(folder / 'rights', options.rights)}")
    if options.certificate is not None:
        lines += [f"certfile {options.certificate}", f"keyfile {options.key}"]
    if options.client_ca is not None:
        lines += [f"cafile {options.client_ca}", "require_certificate true"]
    return _private(folder / "mosquitto.conf", lines)


def mosquitto_words(program: Path, settings: Path) -> list[str]:
    """Give the command that runs it."""
    return [str(program), "-c", str(settings)]


def _private(path: Path, lines: Iterable[str]) -> Path:
    path.touch(mode=0o600)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def hashed(password: str) -> str:
    """Hash as ``mosquitto_passwd`` does: PBKDF2 of SHA-512."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"$7${ROUNDS}${b64encode(salt).decode()}${b64encode(digest).decode()}"
