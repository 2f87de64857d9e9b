"""The program `graphc`: its commands, and the one place where errors become messages and exit codes.

Exit codes: 0 done and right; 1 done, and the answer is no; 2 bad usage or bad input; 3 no sandbox; 4 undecided.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer

from ..language.errors import GraphcError
from . import (
    blas,
    checking,
    compiling,
    deriving,
    doctor,
    evaluating,
    exercising,
    grading,
    listing,
    predicting,
    rendering,
    running,
    showing,
    tour,
    training,
)
from .output import encode

# typer carries its own copy of click in newer releases, so the kinds of error are found from the one that it exports.
UsageError: Any = typer.BadParameter.__bases__[0]
ClickError: Any = UsageError.__bases__[0]

INTERRUPTED = 130

COMMANDS: dict[str, Callable[..., int | None]] = {
    "list": listing.list_models,
    "show": showing.show,
    "render": rendering.render,
    "derive": deriving.derive,
    "check": checking.check,
    "run": running.run,
    "compile": compiling.compile_model,
    "train": training.train,
    "evaluate": evaluating.evaluate,
    "predict": predicting.predict,
    "exercises": exercising.exercises,
    "start": exercising.start,
    "hint": exercising.hint,
    "watch": grading.watch,
    "grade": grading.grade,
    "tour": tour.tour,
    "doctor": doctor.doctor,
}

app = typer.Typer(
    help="Neural networks written as equations: shown, drawn, differentiated, compiled and run.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, command in COMMANDS.items():
    app.command(name)(command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"graphc {version('graphc')}")
        raise typer.Exit


@app.callback(epilog="Start with `graphc tour`. Every command has --help with an example.")
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Neural networks written as equations: shown, drawn, differentiated, compiled and run."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - closed by whoever started this
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot show is written by number
            stream.reconfigure(errors="backslashreplace")
    code = run(list(sys.argv[1:] if arguments is None else arguments))
    gc.freeze()  # all that was made goes with the process: nothing needs to be taken apart first
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; whatever the user got wrong is a message, never a traceback."""
    blas.choose_kernel()
    try:
        result = app(arguments, standalone_mode=False, prog_name="graphc")
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except GraphcError as error:
        return fail(arguments, str(error), error)
    except ClickError as error:
        return fail(arguments, _usage(error), GraphcError(error.format_message()))
    except BrokenPipeError:
        return _pipe_closed()
    except OSError as error:
        lost = GraphcError(f"the answer cannot be written: {error.strerror or error}")
        return fail(arguments, str(lost), lost)
    except MemoryError as error:
        short = GraphcError(f"this takes more memory than there is: {error or 'none is left'}")
        return fail(arguments, str(short), short)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:  # a fault of graphc's own: still one line, unless somebody is looking for it
        if os.environ.get("GRAPHC_TRACEBACK"):
            raise
        fault = GraphcError(
            f"graphc went wrong inside: {type(error).__name__}: {error}",
            hint="set GRAPHC_TRACEBACK=1 to see where, and please report it",
        )
        return fail(arguments, str(fault), fault)


def fail(arguments: Sequence[str], message: str, error: GraphcError) -> int:
    """The message on stderr or, with --json, the error object on stdout."""
    try:
        if "--json" in arguments:
            sys.stdout.write(encode(error_object(error)) + "\n")
            sys.stdout.flush()
        else:
            sys.stderr.write(message + "\n")
    except BrokenPipeError:
        return _pipe_closed()
    except OSError:  # stdout takes no more, and stderr may
        _drop_stdout()
        sys.stderr.write(message + "\n")
    return error.exit_code


def error_object(error: GraphcError) -> dict[str, Any]:
    """The `graphc/error/1` form."""
    return {
        "schema": "graphc/error/1",
        "file": error.file,
        "line": error.line,
        "col": error.column,
        "message": error.message,
        "hint": error.hint,
    }


def _usage(error: Any) -> str:
    lines = [f"graphc: {error.format_message()}"]
    context = getattr(error, "ctx", None)
    if context is not None:
        lines.append(f"Try `{context.command_path} --help`.")
    return "\n".join(lines)


def _pipe_closed() -> int:
    # the reader has gone (`graphc list | head -1`); nothing is left to say, and nothing went wrong
    _drop_stdout()
    return 0


def _drop_stdout() -> None:
    """What is still to be written goes nowhere, or Python would try again and complain when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
