"""The texts of a contract, which it has in Chinese, in English or in both."""

from collections.abc import Mapping

from flask_babel import get_locale


def is_chinese() -> bool:
    """Whether the request is answered in Chinese."""
    return str(get_locale()).startswith("zh")


def in_language(text: Mapping[str, str] | None, fallback: str = "") -> str:
    """A contract's text in the language of the request, else in the one it has."""
    order = ("zh-Hant", "en") if is_chinese() else ("en", "zh-Hant")
    return next((text[language] for language in order if text and language in text), fallback)
