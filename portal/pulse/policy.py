"""Who may do what with surveys. Pure."""

from ..core.permissions import Actor, Can


def may_manage(actor: Actor) -> bool:
    """Is this person one of HR, who make surveys and read what came of them?

    Nobody at a command line is: results are read by people, through the pages made for it.
    """
    return actor.id is not None and actor.can(Can.MANAGE_SURVEYS)


def is_kept_from_results(actor: Actor, leads: bool) -> bool:
    """Does this person run the portal, and nothing more? Who does reads no results, published or not."""
    return actor.id is None or (actor.can(Can.MANAGE_PEOPLE) and not (may_manage(actor) or leads))


def may_answer(actor: Actor) -> bool:
    """May this person be handed a ballot, when a survey asks them?"""
    return actor.id is not None and actor.can(Can.ANSWER_SURVEYS)


def sees_survey(actor: Actor, asked: bool, told: bool) -> bool:
    """May this person read what a survey that has opened is about: being asked, told of its results, or of HR?"""
    return may_answer(actor) and (asked or told or may_manage(actor))


def may_promise(actor: Actor, leads: bool, published: bool) -> bool:
    """May this person promise something for a unit, and change what was promised for it: HR, or its head?

    Who leads it reads its results only once they are published, and so has nothing to answer to before.
    """
    return may_manage(actor) or (actor.id is not None and leads and published)


def may_tell_of(actor: Actor, leads: bool, owns: bool) -> bool:
    """May this person write how a promise goes: HR, the head of its unit, or who looks after it?"""
    return may_manage(actor) or (actor.id is not None and (leads or owns))
