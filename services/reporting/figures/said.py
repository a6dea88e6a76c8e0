"""What the figures of a contract are called and how each is counted, in both languages at once: for documents."""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale

from services.reporting.figures.how import how_counted, how_outcome_counted
from services.reporting.figures.words import measure_name
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.since import parts_of

Values = dict[str, Any]
_LOCALES: Mapping[str, str] = {"zh-Hant": "zh_Hant_HK", "en": "en"}


def said_of(definition: Definition) -> Values:
    """The name of every measure and how it is counted, in both languages, by `indicator/measure`.

    Needs the context of an app, for its catalogues of words.
    """
    names: dict[str, dict[str, str]] = {}
    how: dict[str, dict[str, str]] = {}
    for language, locale in _LOCALES.items():
        with force_locale(locale):
            for output in definition.outputs:
                for measure in output.measures:
                    key = f"{output.id}/{measure.id}"
                    names.setdefault(key, {})[language] = measure_name(measure)
                    how.setdefault(key, {})[language] = str(how_counted(definition, measure))
            for outcome in definition.outcomes:
                for part in parts_of(outcome):
                    text = str(how_outcome_counted(definition, outcome, part))
                    how.setdefault(f"{outcome.id}/{part}", {})[language] = text
    return {"names": names, "how": how}
