"""From a win to a case story: made in one step, published only with its author's consent, linked as they wish."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.permissions import Actor, Role
from portal.knowledge.model import Kind, Page, PageDraft, PagePicture
from portal.wins.model import Promotion, State, Win
from tests.wins.scenes import a_picture, a_principle, a_win, an_actor, an_editor, steps, told

SignIn = Callable[..., FlaskClient]


class Scene:
    """A published win with a picture, its author, an editor, and both signed in."""

    def __init__(self, session: Session, sign_in: SignIn) -> None:
        self.session = session
        self.author, self.editor = an_actor(session), an_editor(session)
        self.principle, self.picture = a_principle(session), a_picture(session, self.author)
        self.win = a_win(
            session,
            author=self.author,
            title="The hotel lamp",
            principles=(self.principle,),
            pictures=((self.picture, "A [lit] lamp"),),
        )
        session.commit()
        self.as_author, self.as_editor = (sign_in(person=one) for one in (self.author, self.editor))

    def promote(self) -> PageDraft:
        answer = self.as_editor.post(f"/wins/{self.win.id}/promote")
        assert answer.status_code == 303, answer.text
        self.session.expire_all()
        draft = self.session.scalars(select(PageDraft)).one()
        assert answer.location == f"/drafts/{draft.id}"
        return draft

    def answer(self, consent: str, status: int = 303) -> str:
        answer = self.as_author.post(f"/wins/{self.win.id}/consent", data={"consent": consent})
        assert answer.status_code == status
        return answer.text

    def publish(self, draft: PageDraft) -> int:
        answer = self.as_editor.post(f"/drafts/{draft.id}/publish", data={"version": str(draft.version)})
        self.session.expire_all()
        return answer.status_code


@pytest.fixture
def scene(session: Session, sign_in: SignIn) -> Scene:
    return Scene(session, sign_in)


def test_one_step_makes_a_draft_of_text_pictures_and_principles_and_asks_the_author(scene: Scene) -> None:
    draft = scene.promote()
    assert (draft.kind, draft.slug, draft.locale, draft.title) == (Kind.STORY, "the-hotel-lamp", "en", "The hotel lamp")
    assert draft.facts == {"principles": [scene.principle], "pictures": [scene.picture]}
    assert "She asked for a **bulb**." in draft.markdown
    assert f"![A (lit) lamp](/pictures/{scene.picture})" in draft.markdown
    assert told(scene.session, scene.author) == ["asked"]
    assert steps(scene.session, scene.win.id)[-1][0] == "consent-asked"
    assert f"/wins/{scene.win.id}/consent" in scene.as_author.get(f"/wins/{scene.win.id}").text
    assert "asked and hasn’t answered" in scene.as_editor.get(f"/drafts/{draft.id}").text


@pytest.mark.parametrize("consent", ["", "refused"])
def test_a_story_is_not_published_before_its_author_agrees(scene: Scene, consent: str) -> None:
    draft = scene.promote()
    if consent:
        scene.answer(consent)
    assert scene.publish(draft) == 409
    assert scene.session.scalars(select(PageDraft)).one()
    assert not scene.session.scalar(select(func.count()).select_from(Page).where(Page.kind == Kind.STORY))


def test_a_story_with_its_authors_name_and_the_win_link_each_other(scene: Scene) -> None:
    draft = scene.promote()
    scene.answer("named")
    assert scene.publish(draft) == 303
    page = scene.session.scalars(select(Page).where(Page.kind == Kind.STORY)).one()
    assert scene.session.get_one(Promotion, scene.win.id).page_id == page.id
    assert scene.session.get(PagePicture, (page.id, scene.picture))
    assert steps(scene.session, scene.win.id)[-1][0] == "promoted"
    assert f'href="/wins/{scene.win.id}"' in scene.as_author.get(f"/stories/{page.slug}").text
    assert f'href="/stories/{page.slug}"' in scene.as_author.get(f"/wins/{scene.win.id}").text


def test_a_story_without_its_authors_name_leads_nobody_to_them(scene: Scene, sign_in: SignIn) -> None:
    draft = scene.promote()
    scene.answer("anonymous")
    assert scene.publish(draft) == 303
    slug = scene.session.scalars(select(Page.slug).where(Page.kind == Kind.STORY)).one()
    reader = sign_in()
    story = reader.get(f"/stories/{slug}").text
    assert f"/wins/{scene.win.id}" not in story
    assert scene.author.name not in story
    assert f"/stories/{slug}" not in reader.get(f"/wins/{scene.win.id}").text


def test_an_author_may_think_otherwise_until_the_story_is_out(scene: Scene) -> None:
    draft = scene.promote()
    for consent in ("refused", "named", "anonymous"):
        scene.answer(consent)
        scene.session.expire_all()
        assert scene.session.get_one(Promotion, scene.win.id).consent == consent
    scene.publish(draft)
    assert "published already" in scene.as_author.get(f"/wins/{scene.win.id}/consent").text
    assert scene.answer("refused", 409)


def test_a_win_is_made_a_story_once(scene: Scene) -> None:
    scene.promote()
    assert scene.as_editor.post(f"/wins/{scene.win.id}/promote").status_code == 409
    assert len(scene.session.scalars(select(PageDraft)).all()) == 1


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_only_a_published_win_becomes_a_story(session: Session, sign_in: SignIn, state: State) -> None:
    win = a_win(session, state)
    client = sign_in(person=an_editor(session))
    assert client.post(f"/wins/{win.id}/promote").status_code == 404
    assert not session.scalar(select(func.count()).select_from(PageDraft))


def test_only_editors_promote_and_only_the_author_answers(scene: Scene, sign_in: SignIn) -> None:
    assert scene.as_author.post(f"/wins/{scene.win.id}/promote").status_code == 403
    assert scene.as_author.get(f"/wins/{scene.win.id}/consent").status_code == 404, "nobody has asked"
    scene.promote()
    for client in (scene.as_editor, sign_in(), sign_in(Role.EMPLOYEE, Role.ADMIN)):
        assert client.get(f"/wins/{scene.win.id}/consent").status_code == 404
        assert client.post(f"/wins/{scene.win.id}/consent", data={"consent": "named"}).status_code == 404
    assert scene.session.get_one(Promotion, scene.win.id).consent == "asked"


@pytest.mark.parametrize("consent", ["", "asked", "yes", "\0"])
def test_an_answer_that_is_none_is_refused(scene: Scene, consent: str) -> None:
    scene.promote()
    scene.answer(consent, 422)
    assert scene.session.get_one(Promotion, scene.win.id).consent == "asked"


def test_an_editor_asks_for_their_own_win_as_for_any_other(session: Session, sign_in: SignIn) -> None:
    editor: Actor = an_editor(session)
    win: Win = a_win(session, author=editor)
    client = sign_in(person=editor)
    assert client.post(f"/wins/{win.id}/promote").status_code == 303
    assert client.post(f"/wins/{win.id}/consent", data={"consent": "named"}).status_code == 303
