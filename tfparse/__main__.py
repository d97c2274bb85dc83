"""``python -m tfparse DIR [EXPRESSION ...]``: what the suite sees of a root module."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from tfparse.configs.file_names import is_configuration
from tfparse.diagnostics import Diagnostic, TerraformError
from tfparse.graph.expressions import evaluate_expression, too_deep
from tfparse.graph.root import Root
from tfparse.secrets.loading import load
from tfparse.secrets.presentation import as_json
from tfparse.secrets.secrecy import Secrets, find_secrets
from tfparse.secrets.words import words
from tfparse.source.cache import cached
from tfparse.validation import validate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console.  Exit code 0, or 1 where there was a diagnostic."""
    options = _options(arguments)
    directory: Path = options.directory
    if not directory.is_dir():
        return _complain([Diagnostic("No such directory", f"{directory} is not a directory.")])
    top, path = _located(directory)
    with cached(top) as cache:
        infra = load(top, cache)
        secrets = None if options.show_sensitive else find_secrets(infra)
        try:
            root = infra.root(path)
            wrong = [_print(root, expression, options, secrets) for expression in options.expressions]
            if not options.expressions:
                wrong.append(_list(root, options.origins))
        except TerraformError as error:
            return _complain(error.diagnostics, secrets)
        return max([_complain(validate(root), secrets), *wrong])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tfparse", description="Evaluate Terraform source statically.")
    parser.add_argument("directory", type=Path, metavar="DIR", help="the directory of a root module")
    parser.add_argument(
        "expressions",
        nargs="*",
        metavar="EXPRESSION",
        help="evaluated in the root module, output.NAME too; without one, all resources are listed",
    )
    parser.add_argument("--origins", action="store_true", help="say in which file and line a value is decided")
    parser.add_argument("--show-sensitive", action="store_true", help="show sensitive values, and other secrets")
    return parser.parse_intermixed_args(arguments)  # options may stand between DIR and the expressions


def _located(directory: Path) -> tuple[Path, str]:
    """The infra root, which is the enclosing git repository or else the directory itself, and the path from there."""
    place = directory.resolve()
    top = next((folder for folder in (place, *place.parents) if (folder / ".git").exists()), place)
    return top, "/".join(place.relative_to(top).parts)


def _print(root: Root, expression: str, options: argparse.Namespace, secrets: Secrets | None) -> int:
    try:
        value = evaluate_expression(root, expression)
        shown = as_json(value, show_sensitive=options.show_sensitive, secrets=secrets)
        shown = secrets.redacted(shown, words(expression)) if secrets else shown
    except TerraformError as error:
        return _complain(error.diagnostics, secrets)
    except RecursionError:
        return _complain([too_deep(expression)])
    if options.origins:
        shown = f'{{"value": {shown}, "origin": {json.dumps(str(value.origin) if value.origin else None)}}}'
    print(shown)
    return 0


def _list(root: Root, origins: bool) -> int:
    resources = [resource for mode in ("managed", "data") for resource in root.resources(mode=mode)]
    for resource in resources:
        print(f"{resource.address}\t{resource.origin}" if origins else resource.address)
    for unread in root.elsewhere:
        print(f"Note: {unread.reason} ({unread.origin}): its resources are not listed", file=sys.stderr)
    if resources or any(map(is_configuration, root.tree.names(root.directory))):
        return 0
    return _complain([Diagnostic("No configuration files", f"{root.tree.root / root.directory} holds no module.")])


def _complain(diagnostics: Sequence[Diagnostic], secrets: Secrets | None = None) -> int:
    """Show them, without the secrets.  The exit code that they call for."""
    for diagnostic in diagnostics:
        print((secrets.redacted_diagnostic(diagnostic) if secrets else diagnostic).render(), file=sys.stderr)
    return 1 if diagnostics else 0


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `python -m tfparse DIR | head` is no error
    sys.exit(main())
