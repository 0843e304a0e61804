"""Ten thousand pages to search, and what people type: real sentences in four languages, with as many words as life has.

The shipped guidance alone has few words. In every sentence some give way to others of a dictionary, drawn so that few
of these are frequent and most stand on a page or two, as words do in any language (Zipf's law).
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from bench.pages import CONTENT
from portal.knowledge import PageFiles, read_files
from portal.search.keys import LANGUAGES
from portal.search.keys import forms as words
from portal.search.light_words import is_light

JUDGED = Path(__file__).parents[1] / "tests" / "search" / "judged.yaml"
"""Where questions stand as people type them."""
DICTIONARIES = {"en": "en", "ru": "ru", "hr": "hbs", "ka": "ka"}
LETTERS = {"en": "a-z", "ru": "а-яё", "hr": "a-zčćđšž", "ka": "ა-ჰ"}
FORMS = 60_000
"""Words of a dictionary that may stand on pages; some 20,000 of them will in each language."""
USUAL = 100
"""So many words are more frequent than any that is put in: those that the guidance has itself."""
REPLACED = 0.2
"""The share of words that give way to others."""
WORDS = 140
"""In a page's paragraphs at least, to which come its headings."""
EVERY = 5
"""One page in so many is in two languages, the others are in one."""
A_LANGUAGE = {"a common word": 10, "a rare word": 10, "two words": 15, "three words": 10, "another form": 10}
A_LANGUAGE |= {"mistyped": 10, "nothing": 5}
"""How many queries of each sort there are in each language, beside its whole questions."""
TITLES = 12
"""So many titles in each language are typed letter by letter, up to `TYPED` letters."""
TYPED = 20

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_FORMATTING = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`>#|]|!\[[^\]]*\]\([^)]*\)")


@dataclass(frozen=True)
class Typed:
    """What a reader of ``locale`` types, and what ``sort`` of query it is."""

    sort: str
    text: str
    locale: str


@dataclass(frozen=True)
class Text:
    """What a page says in one language: a heading between each two paragraphs."""

    locale: str
    title: str
    summary: str
    paragraphs: list[str]
    headings: list[str]

    @property
    def lines(self) -> list[str]:
        """The text as a page has it, a line a block."""
        pairs = zip(self.paragraphs, [*self.headings, ""], strict=True)
        return [line for pair in pairs for line in pair if line]


Written = list[Text]
"""A page, in one language or in several."""


@dataclass(frozen=True)
class Corpus:
    """The pages, queries of every sort in a random order, and words as they are typed."""

    pages: list[Written]
    queries: list[Typed]
    letters: list[Typed]


@dataclass(frozen=True)
class _Language:
    """What a language's pages are made of. ``forms``: words that may be drawn; ``others``: further forms of theirs."""

    locale: str
    sentences: list[str]
    titles: list[str]
    headings: list[str]
    forms: list[str]
    others: dict[str, list[str]]


def corpus(count: int, seed: int = 7) -> Corpus:
    """``count`` pages, and what is typed to find them."""
    chance = random.Random(seed)  # Numbers to measure with, no secrets.
    shipped = read_files(CONTENT)
    languages = [_language(locale, shipped, chance) for locale in LANGUAGES]
    pages = [_page(number, languages, chance) for number in range(count)]
    queries: list[Typed] = []
    letters: list[Typed] = []
    for language in languages:
        texts = [text for page in pages for text in page if text.locale == language.locale]
        queries += _queries(language, texts, chance)
        letters += _letters(texts, chance)
    chance.shuffle(queries)
    return Corpus(pages, queries, letters)


def _language(locale: str, shipped: Sequence[PageFiles], chance: random.Random) -> _Language:
    texts = [page.texts[locale] for page in shipped if locale in page.texts]
    lines = [line for text in texts for line in text.markdown.splitlines() if line]
    plain = [_FORMATTING.sub(r"\1", line).strip() for line in lines]
    prose = [line for line, source in zip(plain, lines, strict=True) if source[0].isalpha()]
    sentences = [one for line in prose for one in _SENTENCE.split(line) if 4 <= len(words(one)) <= 40]
    headings = [line for line, source in zip(plain, lines, strict=True) if source.startswith("## ")]
    forms, others = _forms(locale, chance)
    return _Language(locale, sentences, [text.title for text in texts], headings, forms, others)


def _forms(locale: str, chance: random.Random) -> tuple[list[str], dict[str, list[str]]]:
    """Words of a dictionary in a random order, and of each the other forms that its lemma has."""
    written = re.compile(f"[{LETTERS[locale]}]{{4,14}}")
    by_lemma: dict[str, list[str]] = defaultdict(list)
    for form, lemma in DefaultDictionaryFactory().get_dictionary(DICTIONARIES[locale]).items():
        if written.fullmatch(form):
            by_lemma[lemma].append(form)
    # A language's words, and then some of each word's forms: a list of forms alone would be of few words.
    lemmas = sorted(by_lemma)
    chance.shuffle(lemmas)
    forms: list[str] = []
    others: dict[str, list[str]] = {}
    for lemma in lemmas[:FORMS]:
        own = chance.sample(by_lemma[lemma], min(3, len(by_lemma[lemma])))
        forms += own[:2]
        others |= {form: own[2:] for form in own[:2] if own[2:]}
    chance.shuffle(forms)
    return forms[:FORMS], others


def _page(number: int, languages: Sequence[_Language], chance: random.Random) -> Written:
    own = [languages[number % len(languages)]]
    if number % EVERY == 0:
        own.append(chance.choice([one for one in languages if one not in own]))
    return [_text(language, chance) for language in own]


def _text(language: _Language, chance: random.Random) -> Text:
    title = _varied(chance.choice(language.titles), language, 0.5, chance)
    summary = _varied(chance.choice(language.sentences), language, REPLACED, chance)
    sentences: list[str] = []
    while sum(sentence.count(" ") + 1 for sentence in sentences) < WORDS:
        sentences.append(_varied(chance.choice(language.sentences), language, REPLACED, chance))
    paragraphs = [" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3)]
    headings = [_varied(chance.choice(language.headings), language, 0.5, chance) for _ in paragraphs[1:]]
    return Text(language.locale, title, summary, paragraphs, headings)


def _varied(text: str, language: _Language, share: float, chance: random.Random) -> str:
    """``text`` with about ``share`` of its longer words replaced."""

    def replaced(match: re.Match[str]) -> str:
        if len(match[0]) < 4 or chance.random() > share:
            return match[0]
        # The logarithm of the rank is even, so that a word is drawn the less often the higher its rank.
        other = language.forms[int(USUAL * (len(language.forms) / USUAL) ** chance.random()) - USUAL]
        return other.capitalize() if match[0][0].isupper() and language.locale != "ka" else other

    return re.sub(r"[^\W\d_]+", replaced, text)


def _queries(language: _Language, texts: Sequence[Text], chance: random.Random) -> Iterator[Typed]:
    """What is typed in one language, sort by sort."""
    locale = language.locale
    counted = Counter(word for text in texts for word in set(words(" ".join(text.lines).lower())))
    heavy = [word for word, _ in counted.most_common() if len(word) > 2 and word.isalpha() and not is_light(word, "")]
    rare = [word for word in heavy if counted[word] <= 5]
    others = [other for form, own in language.others.items() if form in counted for other in own]
    unwritten = [form for form in others if form not in counted]
    long = [word for word in heavy[500:] if len(word) > 6 and word[2] != word[3]]
    made: dict[str, list[str]] = {
        "a common word": chance.sample(heavy[:150], A_LANGUAGE["a common word"]),
        "a rare word": chance.sample(rare, A_LANGUAGE["a rare word"]),
        "two words": [_together(2, texts, chance) for _ in range(A_LANGUAGE["two words"])],
        "three words": [_together(3, texts, chance) for _ in range(A_LANGUAGE["three words"])],
        "another form": chance.sample(unwritten, A_LANGUAGE["another form"]),
        "mistyped": [w[:2] + w[3] + w[2] + w[4:] for w in chance.sample(long, A_LANGUAGE["mistyped"])],
        "nothing": [word[::-1] + word[:3] for word in chance.sample(long, A_LANGUAGE["nothing"])],
        "a question": _questions(locale),
    }
    for sort, queries in made.items():
        yield from (Typed(sort, text, locale) for text in queries)


def _together(count: int, texts: Sequence[Text], chance: random.Random) -> str:
    """Words that stand in one sentence of some page, in their order."""
    while True:
        sentence = chance.choice(_SENTENCE.split(chance.choice(chance.choice(texts).paragraphs)))
        found = [word for word in words(sentence) if len(word) > 2 and not is_light(word, "")]
        if len(found) >= count:
            return " ".join(found[place] for place in sorted(chance.sample(range(len(found)), count)))


def _questions(locale: str) -> list[str]:
    """The queries of more than two words whose answers have been judged."""
    queries = yaml.safe_load(JUDGED.read_text(encoding="utf-8"))["queries"][locale]
    return [one["query"] for one in queries if len(words(one["query"])) > 2]


def _letters(texts: Sequence[Text], chance: random.Random) -> Iterator[Typed]:
    """Titles of pages as far as they have been typed, letter by letter."""
    for text in chance.sample(texts, TITLES):
        for end in range(1, min(TYPED, len(text.title)) + 1):
            yield Typed("letters", text.title[:end].lower(), text.locale)
