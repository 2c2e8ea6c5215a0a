"""Named tokens from the command line, and what was done with them that cannot be undone."""

from pathlib import Path

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.client import connect
from cli.console import console, plain
from schemas.access import AccessScope, AccessTokenList, AccessTokenMade, AuditPage

_name = click.argument("name")


@click.group(short_help="Make and revoke tokens; show who did what.")
def token() -> None:
    """Give each person and each program a token of its own: it can be revoked, and one sees who did what.

    \b
      partflow token create front-end                  # reads and writes
      partflow token create wall-display --scope read
      partflow token revoke front-end
    """  # noqa: D301 - click knows by a real backspace which paragraph not to wrap


@token.command(short_help="Make a token.")
@_name
@click.option(
    "--scope",
    type=click.Choice([each.value for each in AccessScope]),
    default=AccessScope.WRITE.value,
    show_default=True,
    help="What it allows; operate: tokens and schedules, too.",
)
@options.server
@options.data_dir
@options.as_json
def create(name: str, scope: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Make a token and print it on stdout; nobody can show it again."""
    with connect(server, data_dir) as client:
        answer = client.ask("POST", "/tokens", json={"name": name, "scope": scope})
    click.echo(answer.text if as_json else AccessTokenMade.model_validate_json(answer.content).token)


@token.command(name="list", short_help="List the tokens.")
@options.server
@options.data_dir
@options.as_json
def list_all(server: str | None, data_dir: Path, as_json: bool) -> None:
    """List the tokens that count, and when each was used last."""
    with connect(server, data_dir) as client:
        answer = client.ask("GET", "/tokens")
    if as_json:
        click.echo(answer.text)
        return
    table = Table("token", "scope", "made", "last used", header_style="bold", box=SIMPLE)
    for each in AccessTokenList.model_validate_json(answer.content).tokens:
        used = f"{each.last_used_at.astimezone():%Y-%m-%d %H:%M}" if each.last_used_at else "never"
        table.add_row(each.name, each.scope, f"{each.created_at.astimezone():%Y-%m-%d}", used)
    console().print(table)


@token.command(short_help="Revoke a token.")
@_name
@options.server
@options.data_dir
def revoke(name: str, server: str | None, data_dir: Path) -> None:
    """Let a token count no more, from two seconds on."""
    with connect(server, data_dir) as client:
        client.ask("DELETE", f"/tokens/{name}")
    click.echo(f"partflow: {name} is revoked", err=True)


@token.command(name="log", short_help="Show who did what that cannot be undone.")
@click.option("--actor", metavar="NAME", help="Only what this token did.")
@click.option("--after", metavar="N", type=click.IntRange(0), help="`next` of the page before.")
@options.server
@options.data_dir
@options.as_json
def show_log(actor: str | None, after: int | None, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Show deletions, merges and changes of tokens, the newest first."""
    asked = {"actor": actor, "after": after}
    with connect(server, data_dir) as client:
        answer = client.ask("GET", "/audit", params={name: each for name, each in asked.items() if each is not None})
    if as_json:
        click.echo(answer.text)
        return
    page = AuditPage.model_validate_json(answer.content)
    table = Table("at", "who", "what", "to what", header_style="bold", box=SIMPLE)
    for each in page.entries:
        table.add_row(f"{each.at.astimezone():%Y-%m-%d %H:%M:%S}", each.actor, each.action, plain(each.subject))
    console().print(table)
    if page.next:
        click.echo(f"partflow: more with --after {page.next}", err=True)
