"""Many people from a CSV file: all of them or none, and every bad line named with its number and the reason."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from portal.cli.sample import PEOPLE
from portal.core.db import Database
from portal.core.errors import Refused
from portal.core.permissions import NOBODY, SYSTEM, Role
from portal.people import BrokenFile, import_people
from portal.people.queries import PersonRow, people, team_paths
from tests.factories import NOW, a_person

HEADER = "name,email,team,roles,language\n"
GOOD = (
    HEADER
    + "Ana Horvat,ana@example.com,Lampa / Shops / Zagreb,employee;editor,hr\n"
    + "Пётр Ёлкин,PETR@example.com,Lampa / Shops,HR,ru\n"
    + "ნინო ბერიძე,nino@example.com,,,\n"
)


def _imported(session: Session, text: str, locale: str = "en") -> dict[str, PersonRow]:
    import_people(session, SYSTEM, text, locale, NOW)
    return {row.name: row for row in people(session).rows}


def _faults(session: Session, text: str) -> list[tuple[int, str]]:
    with pytest.raises(BrokenFile) as broken, session.begin_nested():
        import_people(session, SYSTEM, text, "en", NOW)
    return broken.value.faults


def test_everybody_in_a_good_file_is_added(session: Session) -> None:
    rows = _imported(session, GOOD, "ka")
    assert {name: (row.email, row.team, row.roles, row.locale, row.active, row.has_password) for name, row in
            rows.items()} == {
        "Ana Horvat": ("ana@example.com", "Lampa / Shops / Zagreb", (Role.EMPLOYEE, Role.EDITOR), "hr", True, False),
        "Пётр Ёлкин": ("petr@example.com", "Lampa / Shops", (Role.HR,), "ru", True, False),
        "ნინო ბერიძე": ("nino@example.com", "", (Role.EMPLOYEE,), "ka", True, False),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD + "\n ,,,,\n\n",
        GOOD.replace("employee;editor", "employee|editor").replace(",", ";"),
        GOOD.replace("name,email,team", '"Name", EMAIL ,Team'),
        GOOD.replace("Ana Horvat", '" Ana Horvat\n"'),
        GOOD.replace("ana@", "  ana@"),
    ],
    ids=["BOM", "Windows", "no last line end", "blank lines", "semicolons", "header's case", "quoted", "blanks"],
)
def test_the_habits_of_spreadsheets_are_understood(session: Session, text: str) -> None:
    rows = _imported(session, text)
    assert set(rows) == {"Ana Horvat", "Пётр Ёлкин", "ნინო ბერიძე"}
    assert rows["Ana Horvat"].roles == (Role.EMPLOYEE, Role.EDITOR)


def test_columns_come_in_any_order_and_three_may_be_left_out(session: Session) -> None:
    assert _imported(session, "email,name\nana@example.com,Ana\n")["Ana"].locale == "en"
    assert _imported(session, "language,name,email\nhr,Iva,iva@example.com\n")["Iva"].locale == "hr"


def test_a_comma_within_quotes_is_part_of_the_name(session: Session) -> None:
    assert '"Horvat, Ana" H.' in _imported(session, HEADER + '"""Horvat, Ana"" H.",ana@example.com,,,\n')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",a@example.com,,,", "name: A name of at most 120 characters, please."),
        (f"{'x' * 121},a@example.com,,,", "name: A name of at most 120 characters, please."),
        ('"two\nlines",a@example.com,,,', "name: A name of at most 120 characters, please."),
        ("Ana,,,,", "email: This isn’t an e-mail address."),
        ("Ana,ana at example.com,,,", "email: This isn’t an e-mail address."),
        ("Ana,a@example.com;b@example.com,,,", "email: This isn’t an e-mail address."),
        ("Ana,a\0@example.com,,,", "email: This isn’t an e-mail address."),
        ("Ana,TAKEN@example.com,,,", "email: There is an account with this address already."),
        ("Ana,a@example.com,Lampa//Shop,,", "team: A team is a path such as Company / Department / Team."),
        ('Ana,a@example.com,"Lampa\nShop",,', "team: A team is a path such as Company / Department / Team."),
        (f"Ana,a@example.com,{'/'.join('abcdefghi')},,", "team: A team is a path such as Company / Department / Team."),
        ("Ana,a@example.com,,boss;hr;owner,", "roles: unknown role boss, owner (known: employee, editor, hr, admin)"),
        ("Ana,a@example.com,,,pt", "language: The portal doesn’t speak this language."),
        ("Ana,a@example.com", "2 columns instead of 5"),
        ("Ana,a@example.com,,,,", "6 columns instead of 5"),
        ('Ana,"a@example.com"x,,,', "can't be read: ',' expected after '\"'"),
        (f"Ana,a@example.com,{'x' * 140_000},,", "can't be read: field larger than field limit (131072)"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_with_its_number_and_reason_and_nobody_is_imported(
    session: Session, line: str, reason: str
) -> None:
    a_person(session, email="taken@example.com")
    assert _faults(session, f"{GOOD}{line}\nIva,iva@example.com,,,\n") == [(5, reason)]
    assert people(session).total == 1


def test_every_bad_line_is_named_whatever_is_wrong_with_it(session: Session) -> None:
    text = HEADER + "\n".join(
        (
            "Ana,no address,,,",
            "Iva,iva@example.com,,,",
            "too,few",
            '"Multi\nline\nname",x,,boss,',
            "",
            "Eva,eva@example.com,,,xx",
            "Iva again,IVA@example.com,,,",
            ",neither,a//b,,",
        )
    )
    assert _faults(session, text) == [
        (2, "email: This isn’t an e-mail address."),
        (4, "2 columns instead of 5"),
        (5, "roles: unknown role boss (known: employee, editor, hr, admin)"),
        (9, "language: The portal doesn’t speak this language."),
        (10, "email: There is an account with this address already."),
        (11, "name: A name of at most 120 characters, please."),
        (11, "email: This isn’t an e-mail address."),
        (11, "team: A team is a path such as Company / Department / Team."),
    ]
    assert people(session).total == 0


def test_a_quote_that_is_never_closed_does_not_swallow_the_people_after_it(session: Session) -> None:
    text = 'name,email,team\nAna,ana@example.com,"Lampa\nIva,iva@example.com,Lampa\n'
    assert _faults(session, text) == [(2, "can't be read: unexpected end of data")]
    assert people(session).total == 0


def test_lines_are_counted_as_an_editor_counts_them_after_quoted_line_ends(session: Session) -> None:
    text = HEADER + 'Ana,ana@example.com,"Lampa\n",,\n\n"\n\nIva",iva@example.com,,,\nEva,eva,,,\n'
    assert [line for line, _ in _faults(session, text)] == [8]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "no column 'name'; no column 'email'"),
        ("name,team\n", "no column 'email'"),
        ("email\n", "no column 'name'"),
        ("name,email,phone,boss\n", "unknown column 'boss'; unknown column 'phone'"),
        ("name,email,\n", "unknown column ''"),
        ("name,email,team xx\n", "unknown column 'team xx'"),
        ("name,email,Email\n", "a column stands twice"),
        ("Ana Horvat,ana@example.com\n", "no column 'name'; no column 'email'; unknown column 'ana horvat'; "
         "unknown column 'ana@example.com'"),
    ],
)  # fmt: skip
def test_columns_that_the_portal_does_not_know_are_named_on_the_first_line(
    session: Session, header: str, reason: str
) -> None:
    ((line, said),) = _faults(session, header + "Ana,ana@example.com\n")[:1] if header else _faults(session, header)
    assert line == 1
    assert said.startswith(reason)
    assert said.endswith("(the first line names the columns: name, email, team, head, roles, language)")


def test_a_file_of_nothing_but_its_header_adds_nobody(session: Session) -> None:
    assert _imported(session, HEADER) == {}


def test_teams_that_a_broken_file_names_are_not_made_either(own_database: Database, now: datetime) -> None:
    def bring(text: str) -> None:
        with own_database.transaction() as session:
            import_people(session, SYSTEM, text, "en", now)

    with pytest.raises(BrokenFile):
        bring(GOOD + "x,y,,,\n")
    with own_database.reading() as session:
        assert people(session).total == 0
    bring(GOOD)
    with own_database.reading() as session:
        assert people(session).total == 3


def test_only_who_may_manage_people_imports_any(session: Session) -> None:
    with pytest.raises(Refused):
        import_people(session, NOBODY, GOOD, "en", NOW)


def test_the_sample_company_is_a_file_that_can_be_imported(session: Session) -> None:
    added = import_people(session, SYSTEM, PEOPLE.read_text(encoding="utf-8"), "en", NOW)
    assert 60 <= len(added) <= 75
    assert {person.locale for person in added} == {"en", "ru", "hr", "ka"}
    paths = {locale: team_paths(session, locale) for locale in ("en", "ru", "hr", "ka")}
    assert paths["ru"].keys() == paths["en"].keys()
    shop = next(team_id for team_id, path in paths["en"].items() if path == "Luma / Shops")
    assert [paths[locale][shop] for locale in ("ru", "hr", "ka")] == [
        "Luma / Магазины",
        "Luma / Trgovine",
        "Luma / მაღაზიები",
    ]


IN_OTHER_LANGUAGES = "name,email,team,team hr,Team KA\n"


def test_teams_are_called_in_every_language_as_the_file_says(session: Session) -> None:
    import_people(
        session,
        SYSTEM,
        IN_OTHER_LANGUAGES
        + "Ana,ana@example.com,Lampa / Shops,Lampa / Trgovine,ლამპა / მაღაზიები\n"
        + "Iva,iva@example.com,Lampa / Shops / Zagreb,,\n"
        + "Eva,eva@example.com,,,\n",
        "en",
        NOW,
    )
    assert list(team_paths(session).values()) == ["Lampa", "Lampa / Shops", "Lampa / Shops / Zagreb"]
    assert list(team_paths(session, "hr").values()) == ["Lampa", "Lampa / Trgovine", "Lampa / Trgovine / Zagreb"]
    assert list(team_paths(session, "ka").values())[-1] == "ლამპა / მაღაზიები / Zagreb"
    assert [row.team for row in people(session, "iva", locale="hr").rows] == ["Lampa / Trgovine / Zagreb"]
    # The path by which teams are found stays the one in the company's language.
    import_people(session, SYSTEM, IN_OTHER_LANGUAGES + "Bo,bo@example.com,Lampa / Shops,Lampa / Dućani,\n", "en", NOW)
    assert list(team_paths(session, "hr").values()) == ["Lampa", "Lampa / Dućani", "Lampa / Dućani / Zagreb"]


@pytest.mark.parametrize("names", ["Lampa", "Lampa / Trgovine / Zagreb", "Lampa / ", "Lampa / " + "x" * 121])
def test_names_that_do_not_go_with_the_teams_are_refused(session: Session, names: str) -> None:
    assert _faults(session, IN_OTHER_LANGUAGES + f"Ana,ana@example.com,Lampa / Shops,{names},\n") == [
        (2, "team hr: It must name the same teams as the path in the company's language.")
    ]
