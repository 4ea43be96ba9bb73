"""What went wrong, for a program: problem details as JSON (RFC 9457). Nothing about a person."""

from typing import Any

from django.http import JsonResponse


def problem(
    status: int, title: str, *, faults: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None
) -> JsonResponse:
    """`faults` names each thing that is wrong with what was sent."""
    said: dict[str, Any] = {"type": "about:blank", "status": status, "title": title}
    if faults is not None:
        said["faults"] = faults
    return JsonResponse(said, status=status, content_type="application/problem+json", headers=headers or {})
