"""English words: what dictionaries of forms leave out, and the two ways of spelling."""

import re

_APART = """
    felt feel, left leave, found find, thought think, thoughts think, means mean, meant mean, lay lie, saw see,
    bore bear, wound wind, ground grind, broke break, lost lose, spoke speak, bound bind, rose rise, fell fall,
    drove drive, shot shoot, stole steal, wove weave, froze freeze, woke wake, tore tear, wore wear, bent bend,
    fed feed, fled flee, hung hang, led lead, lit light, met meet, paid pay, sent send, shook shake, stuck stick,
    struck strike, swore swear, taught teach, told tell, understood understand, won win, written write, worse bad,
    worst bad, better good, best good, less little, least little, dying die, lying lie, tying tie
"""
_OF: dict[str, str] = dict(pair.split() for pair in _APART.split(","))
_POSSESSIVE = re.compile("['’ʼ]s?$")

_OUR = re.compile(
    "^((?:dis|mis|un)?(?:arm|behavi|cand|clam|col|demean|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|neighb|od|parl"
    "|ranc|rig|rum|sav|splend|succ|tum|val|vap|vig))our"
)
_SPELLINGS = (
    (re.compile("(?<=...)is(e|er|ation)$"), r"iz\1"),
    (re.compile("lys(e|er)$"), r"lyz\1"),
    (re.compile("(?<=[bt])re$"), "er"),
    (re.compile("^(def|off|lic|pret)ence$"), r"\1ense"),
    (re.compile("(?<=[aeiouy])(.*[aeiou])ll$"), r"\1l"),
    (re.compile("(?<=...)ogue$"), "og"),
)


def others(form: str) -> tuple[str, ...]:
    """What a form stands for besides: the owner of what is somebody's, and the verb of an irregular form.

    A dictionary that names one word for each form has «left» as a word of its own, and not as a form of «leave».
    """
    owner = _POSSESSIVE.sub("", form)
    return tuple(one for one in (owner if owner != form else "", _OF.get(form, "")) if one)


def american(word: str) -> str:
    """One spelling for «apologise» and «apologize», «colour» and «color», «travell(ed)» and «travel(ed)»."""
    word = _OUR.sub(r"\1or", word)
    for british, instead in _SPELLINGS:
        word = british.sub(instead, word)
    return word
