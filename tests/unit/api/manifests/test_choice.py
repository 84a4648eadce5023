"""Which format and language a request's headers ask for."""

import pytest

from api.manifests.choice import Format, format_for, language_for
from api.problem_details import Refusal


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "html"),
        ("", "html"),
        ("*/*", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/pdf", "pdf"),
        ("APPLICATION/PDF", "pdf"),
        ("text/csv", "csv"),
        ("text/*", "html"),
        ("text/html;q=0.4, application/pdf;q=0.9", "pdf"),
        ("text/html;q=0, */*", "pdf"),
        ("text/csv;header=present", "csv"),
        ("image/png, text/csv;q=0.1", "csv"),
    ],
)
def test_reader_gets_what_it_likes_best(accept: str | None, form: Format) -> None:
    assert format_for(accept) == form


@pytest.mark.parametrize("accept", ["image/png", "application/json", "*/*;q=0", "text/html;q=x"])
def test_reader_who_takes_none_is_told_what_there_is(accept: str) -> None:
    with pytest.raises(Refusal, match=r"text/html, application/pdf, text/csv") as refused:
        format_for(accept)
    assert refused.value.code == "CG-7014"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.3, zh-Hans-CN;q=0.7", "zh-CN"),
        ("zh;q=0", "en"),
        ("de-DE,de", "en"),
        (";;,,", "en"),
    ],
)
def test_labels_are_chinese_for_those_who_prefer_it(header: str | None, language: str) -> None:
    assert language_for(header) == language
