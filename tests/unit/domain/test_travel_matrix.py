import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix


def _matrix(metres: list[int], seconds: list[int] | None = None) -> TravelMatrix:
    duration: IntArray | None = None if seconds is None else np.array([seconds])
    places = tuple(str(place) for place in range(len(metres)))
    return TravelMatrix(
        origins=("a",), destinations=places, distance_m=np.array([metres]), duration_s=duration
    )


def test_times_follow_from_speed_and_traffic_and_round_up() -> None:
    matrix = _matrix([0, 1, 10_000, 10_001])
    assert matrix.durations(36.0).tolist() == [[0, 1, 1000, 1001]]
    assert matrix.durations(36.0, 1.5).tolist() == [[0, 1, 1500, 1501]]


def test_a_whole_second_is_not_rounded_up_to_the_next() -> None:
    # 3000 * 3.6 * 1.1 / 30 is 396.00000000000006 in floats.
    assert _matrix([3000]).durations(30.0, 1.1).tolist() == [[396]]


def test_measured_times_take_the_factor_and_ignore_the_speed() -> None:
    matrix = _matrix([5, 5], [100, 101])
    assert matrix.durations(1.0, 1.5).tolist() == matrix.durations(99.0, 1.5).tolist()
    assert matrix.durations(1.0, 1.5).tolist() == [[150, 152]]


def test_unreachable_stays_unreachable() -> None:
    assert _matrix([UNREACHABLE, 36]).durations(36.0, 2.0).tolist() == [[UNREACHABLE, 8]]
    assert _matrix([UNREACHABLE], [7]).durations(36.0).tolist() == [[UNREACHABLE]]
