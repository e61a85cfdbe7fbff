"""Unit: a hand-made allocation as a CSV file: written, edited, read back, and every kind of error with its place."""

from pathlib import Path

import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import PlanFileError
from scenarios.plan import Plan
from studies.allocation.allocating import allocate_study
from studies.allocation.allocations import allocation_text, read_allocation, write_allocation

HEADER = "kind,product,region,rep,activity,amount\n"
QUOTA = "quota,S1,north,R1,,450000\n"
BUDGET = "budget,,south,,salon,20000\n"


def read(folder: Path, plan: Plan, text: str | bytes) -> Allocation:
    path = folder / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_allocation(path, plan)


def problems(folder: Path, plan: Plan, text: str | bytes) -> list[str]:
    with pytest.raises(PlanFileError) as caught:
        read(folder, plan, text)
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


def test_a_file_is_read(tmp_path: Path, small_plan: Plan) -> None:
    assert read(tmp_path, small_plan, HEADER + QUOTA + BUDGET) == Allocation(
        "mine", (QuotaCell("S1", "north", "R1", 450_000.0),), (BudgetCell("south", "salon", 20_000.0),)
    )


def test_the_optimisers_allocation_goes_round_without_a_change(tmp_path: Path, small_plan: Plan) -> None:
    _, answer = allocate_study(small_plan)
    path = tmp_path / f"{answer.allocation.name}.csv"
    write_allocation(answer.allocation, path)
    assert read_allocation(path, small_plan) == answer.allocation


def test_a_written_file_opens_in_a_spreadsheet(tmp_path: Path, small_plan: Plan) -> None:
    allocation = Allocation("x", (QuotaCell("S1", "north", "R1", 0.1 + 0.2),), (BudgetCell("south", "salon", 2e4),))
    write_allocation(allocation, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes() == (
        b"\xef\xbb\xbf" + HEADER.encode() + b"quota,S1,north,R1,,0.30000000000000004\nbudget,,south,,salon,20000.0\n"
    )
    assert allocation_text(allocation).startswith(HEADER)


def test_what_spreadsheets_do_to_a_file(tmp_path: Path, small_plan: Plan) -> None:
    plain = read(tmp_path, small_plan, HEADER + QUOTA + BUDGET)
    assert read(tmp_path, small_plan, (HEADER + BUDGET + QUOTA).replace("\n", "\r\n")) == plain  # lines moved, CRLF
    assert read(tmp_path, small_plan, "\ufeff" + HEADER + QUOTA + BUDGET + ",,,,,\n\n") == plain  # mark, empty lines
    assert read(tmp_path, small_plan, HEADER + QUOTA.replace("450000", '" 450000.00 "') + BUDGET) == plain
    shuffled = "amount,activity,rep,region,product,kind\n450000,,R1,north,S1,quota\n20000,salon,,south,,budget\n"
    assert read(tmp_path, small_plan, shuffled) == plain


def test_a_gb18030_file_is_read_as_such(tmp_path: Path, small_plan: Plan) -> None:
    found = problems(tmp_path, small_plan, (HEADER + "quota,能源平台,north,R1,,450000\n").encode("gb18030"))
    assert found == [
        "mine.csv:2 allocation[1].product: '能源平台' is not an id. Ids are letters, digits, _ and - (A-Z, no blanks)."
    ]
    assert read(tmp_path, small_plan, (HEADER + QUOTA).encode("gb18030")).total_quota == 450_000


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("quota,S2,north,R1,,1\n", "mine.csv:2 allocation.product: no product S2 in the plan. Known: L1, S1"),
        ("quota,S1,nroth,R1,,1\n", "mine.csv:2 allocation.region: no region nroth in the plan. Did you mean north?"),
        ("quota,S1,north,R7,,1\n", "mine.csv:2 allocation.rep: no rep R7 in the plan. Known: R1, R2, R3"),
        ("quota,S1,north,,,1\n", "mine.csv:2 allocation.rep: missing; a quota needs it"),
        ("quota,S1,north,R3,,1\n", "mine.csv:2 allocation.region: R3 does not cover north. Covered: south."),
        ("quota,S1,north,R1,salon,1\n", "mine.csv:2 allocation.activity: does not belong to a quota"),
        ("quota,S1,,R1,,1\n", "mine.csv:2 allocation[1].region: missing"),
        ("quota,S1,north,R1,,\n", "mine.csv:2 allocation[1].amount: missing"),
        ("quota,S1,north,R1,,lots\n", "mine.csv:2 allocation[1].amount: 'lots' is not a number"),
        ("quota,S1,north,R1,,-1\n", "mine.csv:2 allocation[1].amount: must be at least 0, is -1"),
        ("quota,S1,north,R1,,nan\n", "mine.csv:2 allocation[1].amount: nan is not a finite number"),
        ('quota,S1,north,R1,,"450,00"\n', "mine.csv:2 allocation[1].amount: '450,00' is not a number. Write 450.00."),
        ("quota,S1,north,R1,,450,000\n", "mine.csv:2 allocation: has 7 cells where the header has 6"),
        ("qota,S1,north,R1,,1\n", "mine.csv:2 allocation[1].kind: 'qota' is none of quota, budget. Did you mean quota?"),  # noqa: E501
        (QUOTA + QUOTA, "mine.csv:3 allocation: S1 / north / R1 is given twice"),
        (QUOTA + BUDGET + BUDGET, "mine.csv:4 allocation: south / salon is given twice"),
        (QUOTA + "budget,,south,,saloon,1\n", "mine.csv:3 allocation.activity: no activity saloon in the plan. Did you mean salon?"),  # noqa: E501
        (QUOTA + "budget,,south,,,1\n", "mine.csv:3 allocation.activity: missing; a budget needs it"),
        (QUOTA + "budget,S1,south,,salon,1\n", "mine.csv:3 allocation.product: does not belong to a budget"),
        (BUDGET, "mine.csv allocation: has no quota"),
        ("", "mine.csv allocation: has no quota"),
    ],
)  # fmt: skip
def test_every_error_names_its_place(tmp_path: Path, small_plan: Plan, lines: str, expected: str) -> None:
    assert [text.rstrip(".") for text in problems(tmp_path, small_plan, HEADER + lines)] == [expected.rstrip(".")]


def test_all_errors_come_at_once(tmp_path: Path, small_plan: Plan) -> None:
    found = problems(tmp_path, small_plan, HEADER + "quota,S9,nowhere,R1,,1\nbudget,,south,,x,1\n")
    assert [text.partition(" ")[0] for text in found] == ["mine.csv:2", "mine.csv:2", "mine.csv:3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "mine.csv allocation: has no header"),
        ("kind,product,region,rep,activity\n", "mine.csv:1 allocation.amount: missing column amount"),
        (HEADER.replace("rep", "repp"), "mine.csv:1 allocation.repp: unknown column repp. Did you mean rep?"),
        (HEADER.replace("rep", "kind"), "mine.csv:1 allocation.kind: column given twice"),
    ],
)
def test_every_error_of_the_header(tmp_path: Path, small_plan: Plan, text: str, expected: str) -> None:
    assert expected in [found.rstrip(".") for found in problems(tmp_path, small_plan, text and text + QUOTA)]


def test_a_file_that_cannot_be_had(tmp_path: Path, small_plan: Plan) -> None:
    for path, message in ((tmp_path / "none.csv", "the file is missing"), (tmp_path, "is not a file")):
        with pytest.raises(PlanFileError, match=message):
            read_allocation(path, small_plan)
