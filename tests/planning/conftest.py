"""Where the tests of planning cycles happen, and who runs them there."""

from __future__ import annotations

import pytest

from organization.roles import Role
from tests import factories
from tests.factories.organization import member


@pytest.fixture
def home():
    return factories.unit()


@pytest.fixture
def office(home):
    return member(Role.SMO_OFFICER, home)
