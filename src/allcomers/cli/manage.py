"""`allcomers manage`: commands of the service, Django's own among them."""

import typer

from allcomers.cli.needs_service import need_service

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}


def manage(context: typer.Context) -> None:
    """Run a command of the service, with the settings of the environment.

    - `allcomers manage add_administrator sam@example.nhs.uk "Sam Example"` adds the first member of staff

    - `allcomers manage verify_audit` checks that no event of the audit was altered or is missing

    - `allcomers manage check --deploy` lists what production would refuse

    - `allcomers manage help` lists every command
    """
    need_service()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["allcomers manage", *(context.args or ["help"])])
