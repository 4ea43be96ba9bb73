"""Logging: to standard error, without anything about a person.

Django's own messages may hold an address with parameters, a form's values or an exception's text; the filter keeps the
kind of each and drops the rest. What a record says is in no log.
"""

import logging
from typing import Any

OF_LIBRARIES = ("django", "axes", "allauth", "waitress")


class NobodyFilter(logging.Filter):
    """Reduces a log record to its kind, the route of its page, and the kind and place of any exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(OF_LIBRARIES):
            record.msg = f"{record.levelname.lower()} in {record.name} {_route(record)}".strip()
            record.args = ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _where(record.exc_info[1])
            record.exc_info = None
        return True


def _route(record: logging.LogRecord) -> str:
    """The pattern of the page's address, which has no parameters; what somebody typed may be anything."""
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return f"at {match.route or '/'}" if match else ""


def _where(error: BaseException) -> str:
    """The kind of an exception and the lines it went through, without its text, which may hold a value."""
    lines = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return "\n".join([*lines[-8:], type(error).__name__])


def logging_for(production: bool) -> dict[str, Any]:
    level = "WARNING" if production else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"nobody": {"()": "allcomers.service.config.logs.NobodyFilter"}},
        "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["nobody"], "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "axes": {"level": "WARNING"},
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }
