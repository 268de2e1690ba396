"""The command line: parse, call one function of the pipeline, print, set the exit status.

The only error boundary. Nothing heavy is imported before a command runs.
"""

from __future__ import annotations

import gc
import sys

import typer

from storeops import __version__
from storeops.cli import (
    backtest,
    config,
    demo,
    diagnose,
    doctor,
    events,
    formats,
    history,
    log,
    options,
    outbox,
    read,
    record,
    report,
    rivals,
    run,
    schedule,
    target,
    topics,
    trace,
)

app = typer.Typer(
    name="storeops",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="淘宝/天猫店铺晨间诊断 / A morning diagnosis for a Taobao or Tmall store.",
    epilog=(
        "\b\n"
        "Examples:\n"
        "  storeops demo try-it                    write a synthetic shop to look at\n"
        "  storeops diagnose try-it                read the downloads, print the answer\n"
        "  storeops diagnose D:/downloads --json   the same for a program\n"
        "  storeops items D:/downloads             one question: which items moved\n"
        "  storeops report day D:/downloads        the day as a page and a workbook\n"
        "  storeops schedule install D:/downloads  every morning by itself\n"
        "\n"
        "Exit status: 0 normal, 1 needs attention, 2 data missing or invalid, 3 a fault of ours."
    ),
)
for _module in (
    diagnose, report, run, schedule, outbox, doctor, target, topics, rivals, read, history, trace,
    events, log, record, backtest, formats, config, demo,
):  # fmt: skip
    _module.register(app)


def _print_version(value: bool) -> None:  # noqa: FBT001 (typer's callback signature)
    if value:
        typer.echo(f"storeops {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(  # noqa: ARG001, FBT001 (a flag; its callback does the work)
        False,
        "--version",
        help="显示版本 / Show the version.",
        callback=_print_version,
        is_eager=True,
    ),
    debug: bool = typer.Option(  # noqa: FBT001 (a flag of the command line)
        False,
        "--debug",
        help="显示调试信息（不含密码）/ Show what libraries log and where errors come from.",
    ),
) -> None:
    """淘宝/天猫店铺晨间诊断 / A morning diagnosis for a Taobao or Tmall store."""
    if debug:
        import logging

        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)


def main() -> None:
    """Run the program and turn every ending into an exit status."""
    # A short run makes few cycles: collecting them during start-up costs a tenth of the time.
    gc.set_threshold(100_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 (the error boundary)
        sys.exit(_ended_by(error))


def _ended_by(error: Exception) -> int:
    """Explain what ended the program; give the exit status."""
    import traceback

    from storeops.errors import StoreopsError

    if isinstance(error, StoreopsError):
        if "--debug" in sys.argv[1:]:
            traceback.print_exception(error)
        options.explain(error, options.words(None))
        return 2
    traceback.print_exception(error)
    sys.stderr.write(f"storeops {__version__}: 程序出错，请反馈 / a bug, please report it\n")
    return 3
