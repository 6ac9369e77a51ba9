"""Conditional requests (RFC 9110): ETags on what is read, If-Match on what is written.

The tag of a single row is `"<row version, or revision of a fact>.<digest>"`: the digest changes with everything the
answer says, so that 304 means unchanged; of If-Match only the version counts, so that a new score does not stand in the
way of a new owner.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True,
    description="The ETag of the answer you read. 412 with both versions if somebody changed the row since.",
)  # fmt: skip

_TAG = re.compile(r'^\s*(?:W/)?"?v?(\d{1,9})(?:\.[0-9a-f]+)?"?\s*$')


class VersionNeeded(APIException):
    """A write that does not say which version of the row it changes."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "Say in If-Match which version you read: the ETag of the answer, or its row_version."
    default_code = "precondition_required"


def version_of(if_match: str) -> int:
    """The version named by an If-Match header: one tag as it was given, or the number alone."""
    found = _TAG.match(if_match)
    if found is None:
        raise VersionNeeded
    return int(found.group(1))


def answer_unchanged(request: HttpRequest, response: Response) -> HttpResponseBase:
    """The rendered response with its ETag, or 304."""
    told = response.data if isinstance(response.data, Mapping) else {}
    version = told.get("row_version", told.get("revision"))
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    response["ETag"] = f'"{digest}"' if version is None else f'"{version}.{digest}"'
    response["Cache-Control"] = "private, no-cache"
    found: HttpResponseBase | None = get_conditional_response(request, etag=response["ETag"], response=response)
    return response if found is None else found
