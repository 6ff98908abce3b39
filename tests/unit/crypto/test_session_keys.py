"""Session keys derive by label and hide themselves."""

from tests.unit.crypto import kit

from safesession.crypto.key_schedule import Label, expand
from safesession.crypto.role import Role


def test_keys_are_derived_by_label_and_context():
    keys = kit.session_keys()
    assert keys.derive(Label.RESUME) == expand(keys.session_secret, b"resume")
    assert keys.derive(Label.RESUME, b"x") != keys.derive(Label.RESUME)
    assert len(keys.derive(Label.SAS, b"", 64)) == 64


def test_repr_is_empty():
    assert repr(kit.session_keys()) == "SessionKeys(hidden)"


def test_each_role_knows_the_other():
    assert Role.CLIENT.other is Role.COUNSELOR
    assert Role.COUNSELOR.other is Role.CLIENT
    assert {role.label for role in Role} == {b"client", b"counselor"}
