"""The only writer of people, roles, invitations and keys."""

from __future__ import annotations

from accounts.services.hashing import key_hmac
from accounts.services.invitations import (
    AlreadyInvited,
    AlreadyMember,
    InvitationOver,
    NewInvitation,
    NotTheirs,
    SentJustNow,
    TooManyInvitations,
    accept_invitation,
    find_invitation,
    invite,
    open_invitation,
    revoke_invitation,
    send_again,
)
from accounts.services.keys import (
    KEY_START,
    KeyAlreadyRevoked,
    NewKey,
    create_api_key,
    note_key_use,
    revoke_api_key,
)
from accounts.services.people import (
    LastOwner,
    add_member,
    add_staff,
    create_user,
    remove_member,
    settle_supervisor,
)

__all__ = [
    "KEY_START", "AlreadyInvited", "AlreadyMember", "InvitationOver", "KeyAlreadyRevoked",
    "LastOwner", "NewInvitation", "NewKey", "NotTheirs", "SentJustNow", "TooManyInvitations",
    "accept_invitation", "add_member", "add_staff", "create_api_key", "create_user",
    "find_invitation", "invite", "key_hmac", "note_key_use", "open_invitation", "remove_member",
    "revoke_api_key", "revoke_invitation", "send_again", "settle_supervisor",
]  # fmt: skip
