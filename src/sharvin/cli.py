"""The command line: ``sharvin run FILE.toml``."""

from importlib import import_module
from pathlib import Path

import click
import xarray as xr
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from ._version import __version__
from .config import ConfigError, Study, Unfinished, load, run_study
from .errors import SharvinError


class _Refused(click.ClickException):
    """A file that cannot be used: its lines and exit code 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Print the lines as they are."""
        click.echo(self.message, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sharvin")
def main() -> None:
    """Quantum transport in the Landauer-Büttiker picture."""


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--output-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where to write the results; by default here.",
)
@click.option("--quiet", is_flag=True, help="No progress bar and no table.")
def run(file: Path, output_dir: Path, quiet: bool) -> None:
    """Carry out the study in FILE (TOML): NAME.nc with the numbers and NAME.png with the picture."""
    try:
        study = load(file)
    except ConfigError as error:
        raise _Refused(str(error)) from None
    try:
        output_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _Refused(f"--output-dir: cannot be made: {error.strerror}") from None
    console = Console(quiet=quiet)
    failure = None
    try:
        result = _with_progress(study, console)
    except Unfinished as error:
        result, failure = error.result, str(error)
    numbers, picture = (output_dir / f"{file.stem}{suffix}" for suffix in (".nc", ".png"))
    result.to_netcdf(numbers, engine="h5netcdf")
    if failure is not None:
        raise click.ClickException(f"{failure}; what was finished is in {numbers}")
    _print_tables(result, console)
    try:
        # Drawing is imported last: it is slow to load, and a failure here must not cost the numbers.
        import_module("sharvin.plotting.point_contact").plot_contact(result).savefig(picture, dpi=160)
    except (SharvinError, OSError, ValueError) as error:
        raise click.ClickException(f"the picture failed ({error}); the numbers are in {numbers}") from error
    console.print(f"wrote {numbers} and {picture}", highlight=False, soft_wrap=True)


def _with_progress(study: Study, console: Console) -> xr.Dataset:
    """Run under a progress bar with the time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("gate voltages", total=len(study.sweep.values()))
        return run_study(study, lambda done, total: bar.update(task, completed=done, total=total))


def _print_tables(result: xr.Dataset, console: Console) -> None:
    """The plateaus, and the dips between split steps."""
    table = Table(
        title=f"Plateaus: |G/G0 - n| < {result.attrs.get('plateau_tolerance', 0.01)}", title_justify="left"
    )
    for heading in ("n", "from / V", "to / V", "width / mV", "of the step spacing"):
        table.add_column(heading, justify="right")
    for n in result.plateau.values:
        row = result.sel(plateau=n)
        table.add_row(
            str(n),
            f"{float(row.plateau_start):.3f}",
            f"{float(row.plateau_stop):.3f}",
            f"{1e3 * float(row.plateau_width):.1f}",
            f"{float(row.plateau_fraction):.0%}",
        )
    console.print(table)
    field = float(abs(result.B).max())
    if field == 0:
        return
    table = Table(
        title=f"dG/dV at {field:g} T: dip between paired maxima / smaller maximum", title_justify="left"
    )
    table.add_column("g")
    for step in result.step.values:
        table.add_column(f"step {step}", justify="right")
    for number, g in enumerate(result.g_factor.values):
        table.add_row(f"{g:g}", *(f"{ratio:.2f}" for ratio in result.spin_dip.values[number]))
    console.print(table)
