from api.cli.benchmark_view import remarks
from optimizer.benchmark.result import InstanceResult


def _result(name: str, cost: float | None, *, reference: float | None = 100.0) -> InstanceResult:
    return InstanceResult(
        instance=name,
        cost=cost,
        reference=reference,
        seconds=1.0,
        feasible=cost is not None,
        routes=(),
    )


def test_a_find_counts_as_nothing_in_the_mean_and_is_named() -> None:
    lines = remarks([_result("a", 101.0), _result("b", 98.0), _result("c", 100.0)])
    assert lines == [
        "mean gap: 0.33% over 3 instances",
        "better than its reference: b (-2.00%)",
    ]


def test_what_was_not_solved_is_named_and_is_in_no_mean() -> None:
    lines = remarks([_result("a", 102.0), _result("b", None), _result("d", 50.0, reference=None)])
    assert lines == ["mean gap: 2.00% over 1 instance", "not solved: b"]


def test_without_any_reference_there_is_no_mean() -> None:
    assert remarks([_result("a", 102.0, reference=None)]) == ["mean gap: – over 0 instances"]


def test_a_reference_that_was_rounded_up_is_not_beaten() -> None:
    assert remarks([_result("a", 99.999)]) == ["mean gap: 0.00% over 1 instance"]
