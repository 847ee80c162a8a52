"""`flask --app app users …`: who may log in to the console."""

import sys

import click
from flask.cli import AppGroup
from werkzeug.security import generate_password_hash

from app.cli.output import careful, print_json, printable
from app.runtime import Runtime
from config.console_settings import Role, is_user_name, to_portable

SHORTEST_PASSWORD = 12


def create_users(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("users", help="Who may log in to the console at /console.")

    @group.command(
        "hash",
        help="""Print what to put into CONSOLE_USERS to let somebody in.

        The password is asked for, or read from standard input with --stdin. It is not kept.""",
    )
    @click.option("--name", prompt="Name", help="What evidence and the access log will call them.")
    @click.option(
        "--role",
        type=click.Choice([role.value for role in Role]),
        default=Role.AGENT.value,
        prompt="Role",
        help="read: look people up; agent: change as well; admin: access log and exports as well.",
    )
    @click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from input.")
    @careful
    def hash_password(name: str, role: str, *, from_stdin: bool) -> None:
        if not is_user_name(name):
            raise click.BadParameter(
                "up to 64 characters without spaces, commas, colons, quotes, $ and \\.",
                param_hint="--name",
            )
        password = _read_password(from_stdin=from_stdin)
        if len(password) < SHORTEST_PASSWORD:
            raise click.ClickException(f"Take {SHORTEST_PASSWORD} characters or more.")
        others = [user.name for user in runtime.settings.console.users if user.name != name]
        click.echo(f"{name}:{role}:{to_portable(generate_password_hash(password))}")
        if others:
            click.echo(
                f"Add it to CONSOLE_USERS after a comma; it has {len(others)} other(s).", err=True
            )
        else:
            click.echo("Set CONSOLE_USERS to this line, and start Heed again.", err=True)

    @group.command("list", help="Show who may log in, and how; never a hash.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @careful
    def list_users(*, as_json: bool) -> None:
        console = runtime.settings.console
        rows = [{"name": user.name, "role": user.role.value} for user in console.users]
        if as_json:
            print_json({"users": rows, "trusted_header": console.trusted_header or None})
            return
        for row in rows:
            click.echo(f"{printable(row['name']):<24} {row['role']}")
        if console.trusted_header:
            click.echo(f"Whom a proxy names in the header {console.trusted_header}.")
        if not console.is_set_up:
            click.echo("Nobody may log in: flask --app app users hash")

    return group


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
