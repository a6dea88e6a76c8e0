"""Commands as an operator types them, in this process."""

from click.testing import CliRunner

from services.cli import main


def typed(*words: str) -> str:
    """Type a command that succeeds; return what it prints."""
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def refused(*words: str) -> str:
    """Type a command that fails in a way that an operator understands; return what it prints."""
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code in (1, 2), (result.output, result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return " ".join(result.output.split())
