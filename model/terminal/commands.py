"""What all commands have in common, and a group of commands that imports only what is called."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from model.terminal.help import help_text
from model.terminal.version import __version__, source_hash

#: Exit status of a group of commands of which none was named.
NOTHING_ASKED = 2


def _tell_version(context: typer.Context, value: bool) -> None:
    if value and not context.resilient_parsing:
        typer.echo(f"sent-workers {__version__} (source {source_hash()})")
        raise typer.Exit


def _version_option() -> Any:
    """The option ``--version`` of one command."""
    bare = typer.Typer(add_completion=False)

    @bare.command()
    def version(
        version: Annotated[
            bool,
            typer.Option(
                "--version", callback=_tell_version, is_eager=True, expose_value=False,
                help="Print the program's version and exit.",
            ),
        ] = False,
    ) -> None: ...  # fmt: skip

    return typer.main.get_command(bare).params[0]


class Command(TyperCommand):
    """A command with ``--version``, and help that no width of the terminal breaks."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.params.append(_version_option())

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Arguments as they are called in the help."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write(help_text(ctx))


class Group(TyperGroup):
    """A group of commands, likewise."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.params.append(_version_option())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; without any, print the help."""
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            raise typer.Exit(NOTHING_ASKED)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write(help_text(ctx))


class App(typer.Typer):
    """A command line: of one command, or of a group of them."""

    def __init__(self, **settings: Any) -> None:
        plain: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False}
        super().__init__(**(plain | {"cls": Group} | settings))

    def command[Function: Callable[..., Any]](
        self, name: str | None = None, **settings: Any
    ) -> Callable[[Function], Function]:
        """Decorate the function of a command."""
        return super().command(name, **({"cls": Command} | settings))


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of a group that imports only what is called.

    Attributes
    ----------
    module : str
        Module with the command line.
    app : str
        Its name there.
    help : str
        The command in a line.
    panel : str
        Heading under which the help lists it.
    """

    module: str
    app: str
    help: str
    panel: str


#: Values that a shell may offer for an option or argument, from those typed before it.
Offer = Callable[[Mapping[str, Any]], Iterable[str]]


class LazyGroup(Group):
    """A group that knows its commands by name, and imports one when it is called.

    Attributes
    ----------
    entries : mapping of str to Entry
    offers : mapping of str to callable
        Values of options, as in ``--scenario``, and of arguments, by their name.
    """

    entries: ClassVar[Mapping[str, Entry]] = {}
    offers: ClassVar[Mapping[str, Offer]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        #: Offers of the group that this one is in, for its commands that are not imported yet.
        self.inherited: Mapping[str, Offer] = {}
        for name, entry in self.entries.items():
            self.add_command(TyperCommand(name, help=entry.help, rich_help_panel=entry.panel), name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is called, and import it."""
        name, command, rest = super().resolve_command(ctx, args)
        entry = self.entries.get(name or "")
        if entry is not None:
            command = typer.main.get_command(
                getattr(importlib.import_module(entry.module), entry.app)
            )
            command.name = name
            if ctx.resilient_parsing:  # nothing is run: a shell asks what may follow
                _offer(command, {**self.inherited, **self.offers})
        return name, command, rest


def _offer(command: Any, offers: Mapping[str, Offer]) -> None:
    """Have the parameters of a command, or of each in a group, offer their values."""
    if isinstance(command, LazyGroup):
        command.inherited = offers
    for one in command.params:
        offer = offers.get(one.name if one.param_type_name == "argument" else one.opts[0])
        if offer is not None:
            one._custom_shell_complete = partial(_beginning, offer)
    for inner in getattr(command, "commands", {}).values():
        _offer(inner, offers)


def _beginning(offer: Offer, context: Any, _: object, typed: str) -> list[str]:
    return [name for name in offer(context.params) if name.startswith(typed)]
