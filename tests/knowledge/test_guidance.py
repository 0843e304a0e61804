"""The shipped guidance holds what its five sources say, in every language, in words of its own.

What the sources say is listed in ``shared/sources/FACTS.md``, beside the project; the table here follows it.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.knowledge import BY_FOLDER, Kind, PageFiles, read_files

CONTENT = Path(__file__).resolve().parents[2] / "content"
SOURCES = Path(__file__).resolve().parents[3] / "shared" / "sources"
LOCALES = ("en", "ru", "hr", "ka")
SOURCE_TITLES = {
    "S0": "5 принципов взаимодействия с клиентами",
    "S1": "Золотые правила обслуживания клиентов",
    "S2": "Pritužbe kupaca",
    "S3": "4 წესი",
    "S4": "отрывок из книги",
}
# A page in the order of FACTS.md, what it was taken from and, for a story, the numbers of its principles. Below it,
# between " · ", the facts that it holds: a pattern for every language, or four between " / " (en, ru, hr, ka). Each
# alternative begins where a word does, so stems do for languages that inflect; a blank is any white space.
TABLE = r"""
principles/exceed-expectations S0 S3
 like everyone / как у всех / kao i svugdje / სხვებივით
principles/loyalty-starts-inside S0 S3
 hypocri / лицемер / licemjer / თვალთმაქც
principles/use-your-own-product S0 S3
principles/keep-a-sense-of-humour S0 S3
principles/admit-mistakes S0
principles/learn-to-apologise S1 S2
 head in the sand / страус|голову в песок / glavu u pijesak / თავის ქვიშაში
principles/smile-on-the-phone S0 S3
 receiver / трубк / slušalic / ყურმილ
principles/service-is-everybodys-job S1
 accounts|accounting / бухгалтер / računovodstv / ბუღალტერ · warehouse / склад[аеу]?\b / skladišt / საწყობ
principles/ask-and-listen S1
principles/promise-what-you-can-deliver S1 S2
principles/treat-your-people-well S1
principles/answer-within-the-golden-hour S2
 72\s?% · 29\s?% · 15\s?% · 24\s?% · postrussia\.info · Twitter · golden / золот\w+ час / zlatn\w+ sat / ოქროს საათ
 friends / друз / prijatelj / მეგობ · within an hour / в течение часа / unutar (?:jednog )?sata / ერთ საათში
principles/hear-the-complaint-out S2
principles/no-insult-for-insult S2
principles/stand-in-the-customers-place S2
principles/offer-a-solution S2
principles/keep-troubles-behind-the-scenes S2
 own cost|our cost / за (?:свой|собственный) счёт / o (?:svom|vlastitom) trošku / თქვენი\w* ხარჯით
principles/train-the-people-who-face-customers S2
 theatre / театр / kazališ / თეატრ · coat[- ]rack / вешал / vješalic / საკიდ
 I love my job / я люблю свою работу / volim svoj posao / მიყვარს ჩემი (?:საქმე|სამუშაო)
principles/own-it-to-the-end S4
 highest degree / высш\w+ степен / najviši stupanj / უმაღლესი საფეხური · satisfied / довол / zadovolj / კმაყოფილ
 reliab / надёжн / pouzdan / საიმედო · accountab / ответствен / odgovorn / პასუხისმგებ
principles/wrong-with-dignity S4
 with dignity / достоинств / dostojanstv / ღირსებ
 once and for all / раз и навсегда / jednom zauvijek / ერთხელ და სამუდამოდ
 always right / всегда прав|вечной правот / uvijek u pravu / ყოველთვის მართალი
stories/united-breaks-a-guitar S0 5 2 11
 2009 · United Airlines · Dave Carroll / Дейв\w* Кэрролл / Dave\w* Carroll / დეივ\w* ქეროლ · YouTube
 expensive / дорог\w+ гитар / skup\w+ gitar / ძვირადღირებულ\w* გიტარ
 nine months / девят\w+ месяц / devet mjesec / ცხრა თვ · baggage handlers / грузчик / utovar / მტვირთავ
 compensation / возмещени / odštet / კომპენსაცი · song / песн / pjesm / სიმღერ
 750,000 / 750 000 / 750[. ]000 / 750 000 · four days / четыр\w+ дн / četiri dana / ოთხ დღე
 180 million / 180 миллион / 180 milijun / 180 მილიონ · shares / акци / dionic / აქციებ
 Kawasaki / Кавасаки / Kawasaki / კავასაკ · corpse / труп / leš / გვამ
stories/second-lost-bag S0 5 6
 United Airlines · Dave Carroll / Дейв\w* Кэрролл / Dave\w* Carroll / დეივ\w* ქეროლ · guitar / гитар / gitar / გიტარ
 talks|lectur / лектор|лекци / predavanj / ლექცი · luggage|bag / багаж / prtljag / ბარგ
 belt / лент|багажн\w+ лент / trak / ლენტ · customs / таможен / carini / მებაჟე
stories/logitech-adapter S0 S3 1 16
 Logitech · Bluetooth · adapter / адаптер / adapter / ადაპტერ · mouse / мыш / miš\b / მაუს
 good company / хорош\w+ компани / dobra tvrtka / კარგი კომპანია
stories/apple-support S0 S3 1 18
 Apple · USA|United States / США / SAD|Sjedinjen\w+ / აშშ · female voice / женск\w+ голос / ženski glas / ქალის ხმა
 real problems|problems people really have / настоящ\w+ проблем / stvarn\w+ problem / ნამდვილ პრობლემებ
 all of them / все до единой|все\. / sve\. / ყველას
stories/mosigra-plays S0 3 2
 Mosigra / Мосигр / Mosigr / მოსიგრა · board games / настольн\w+ игр / društven\w+ igr / სამაგიდო თამაშ
 free time / свободное время / slobodno vrijeme / თავისუფალ დრო
stories/pokerstars-passover S0 S3 4 1
 PokerStars · Jewish Passover / еврейск\w+ Пасх / židovsk\w+ Pash / ებრაულ\w* პასექ
 Wikipedia / Википеди / Wikipedij / ვიკიპედია · every letter / ни одно письмо|каждое письмо / svako pismo / ყველა წერილ
 very kind / очень добр / vrlo (?:dobr|ljubazn) / ძალიან კეთილ
 two billion|2 billion / 2 миллиарда|два миллиарда / 2 milijarde|dvije milijarde / ორ მილიარდ|2 მილიარდ
 undisputed leader / бесспорн\w+ лидер / nitko ne osporava vodstvo|neosporn / უდავო ლიდერ · Full Tilt Poker
 unpaid taxes / неуплаченн\w+ налог / neplaćen\w+ porez / გადაუხდელ\w* გადასახად
 humour[^.]* nothing to do / юмор[^.]* ни при чём / humor[^.]* nema / იუმორს[^.]* კავშირი
stories/passed-round-the-bank S1 9 8
 hotline / горяч\w+ лини / pozivn\w+ cent / ცხელ ხაზ · third / трет / treć / მესამე
 you have the wrong number / вы не туда звоните / krivo ste nazvali / არასწორ ნომერზე რეკავთ
 no direct / прямых телефонов / izravnih brojeva / პირდაპირი ნომრ
stories/deposit-and-contract S2 16 20
 deposit / вклад / štednj|depozit / ანაბ · clause / пункт / odredb|član / პუნქტ · rate\b / ставк / kamat / განაკვეთ
 renew / продлен / produlj / გაგრძელ · new contract / нов\w+ договор / nov\w* ugovor / ახალ\w* ხელშეკრულებ
stories/branch-g-does-not-answer S2 9 15 12
 branch G\b / филиал\w* «Г» / poslovnic\w+ G\b / ფილიალ\w* „გ“
 forty minutes / сорок минут / četrdeset minuta / ორმოც\w* წუთ · break\b / перерыв / stanci / შესვენება
 website / сайт / stranic / საიტ · apologis / извин / ispriča / ბოდიშ
 how can I help / чем я могу вам помочь / kako vam mogu pomoći / რით დაგეხმარ
stories/seam-and-cable S2 17
 dress / плать / haljin / კაბა · thread / нитк / kon(?:a?c) / ძაფ · sew / шили|сши / sašil / შევკერ
 internet / интернет / internet / ინტერნეტ · cable / кабел / kabel / კაბელ · buried / зары|закоп / zakop / ჩავფალ
 own cost / за (?:свой|собственный) счёт / o (?:svom|vlastitom) trošku / თქვენი\w* ხარჯით
stories/unicorn-at-ace S4 19
 Ace · Bert / Берт / Bert / ბერტ · unicorn / единорог / jednorog / უნიკორნ · invented / выдума / izmisli / გამოგონილ
 extract / отрыв / ulom / ამონარიდ
 a week later / неделю спустя|через неделю / tjedan dana poslije|nakon tjedan dana / ერთი კვირის შემდეგ
stories/hotel-lamp S4 19 10
 bulb / лампочк / žarulj / ნათურ · maintenance / ремонтн\w+ служб / održavanje / ტექნიკურ\w* სამსახურ
 I’ll take care of it / я этим займусь|я позабочусь / pobrinut ću se / მივხედავ · evening / вечер / večer / საღამო
 front desk / стойк\w+ регистрации|приём / recepcij / მიმღებ · midnight / полуноч / ponoć / შუაღამ
 colleague / коллег / koleg / კოლეგ
stories/franks-window-screen S4 20 13
 Mavis Knowles / Мэвис Ноулз / Mavis Knowles / მევის ნოულზ · Ace · Frank / Фрэнк / Frank / ფრენკ
 Dallas Bay / Даллас-Бэй / Dallas Bay / დალას-ბეი · Tennessee / Теннесси / Tennessee / ტენეს
 lunch / обед / ruča?k / სადილ · till\b / касс / blagajn / სალარო · daughter / доч / kći|kćer / ქალიშვილ
 aluminium / алюмини / alumini / ალუმინ · mesh / сетк / mrež / ბადე · frame / рам / okvir / ჩარჩო
 extract / отрыв / ulom / ამონარიდ
phrases/it-was-in-your-contract S2
 small print / мелк\w+ шрифт / sitn\w+ slov / წვრილ\w* შრიფტ · round\b / раунд / rund / რაუნდ
 match / матч / meč / მატჩ · new contract / нов\w+ договор / nov\w* ugovor|ugovor[^.]* novi / ახალ\w* ხელშეკრულებ
phrases/managements-decision S2
 floor up / этажом выше / kat više / სართულით · thank you / спасибо / hvala / გმადლობთ
 door / кабинетам|двер / vrat / კარდაკარ · sorry|apologi / прости|извин / oprosti|ispriča / ბოდიშ
 ring you|call you|write / позвон|напиш / nazva|poziv / დაგირეკ|ჩემს ზარს
phrases/on-our-web-site S2
 Bill Gates / Билл\w* Гейтс / Bill\w* Gates / ბილ გეიტს · bankrupt / разори|банкрот / steča / გაკოტრ
 pride|proud / горд / ponos / ამაყ · mock / насмеш / podrug / დამცინ · sorry|apologi / прост|извин / žao|ispriča / ბოდიშ
 how can I help / чем я могу вам помочь / kako vam mogu pomoći / რით დაგეხმარ
phrases/supplier-let-us-down S2
 supplier / поставщик / dobavljač / მომწოდებ · partner / партнёр / partner / პარტნიორ
 chose / выбра|выбор / izabra / არჩე · own cost / за (?:свой|наш) счёт / o (?:svom|vlastitom) trošku / ჩვენი ხარჯით
 sorry / извин|прост / žao|ispriča / ბოდიშ
phrases/silence S2
 neglect / пренебреж / nikoga nije briga|zanemar / გულგრილ|უყურადღებ · 24\s?% · postrussia\.info
 hour\b / час\w?\b / sata?\b / საათ · sorry / прост|извин / žao|ispriča / ბოდიშ
 looking into / разбира|выясня / provjerava / ვარკვევ
phrases/wrong-number S1
 you have the wrong number / вы не туда звоните / krivo ste nazvali / არასწორ ნომერზე რეკავთ
 from scratch|from the start / заново / od nule|ispočetka / თავიდან
 find the person / найду / pronaći / მოვძებნი|ვიპოვი
"""
TAKEN_FROM: dict[str, set[str]] = {}
SHOWS: dict[str, set[int]] = {}
FACTS: dict[str, list[str]] = {}
for line in TABLE.strip().splitlines():
    if line.startswith(" "):
        FACTS.setdefault(list(TAKEN_FROM)[-1], []).extend(line.strip().split(" · "))
    else:
        name, *marks = line.split()
        TAKEN_FROM[name] = set(marks) & set(SOURCE_TITLES)
        SHOWS[name] = {int(mark) for mark in marks if mark.isdecimal()}
OF_KIND = {kind: [page for page in TAKEN_FROM if page.startswith(f"{kind.folder}/")] for kind in Kind}

each_page = pytest.mark.parametrize("page", TAKEN_FROM)
each_language = pytest.mark.parametrize("locale", LOCALES)
Pages = dict[str, PageFiles]
Runs = dict[tuple[str, ...], str]


@pytest.fixture(scope="module")
def pages() -> Pages:
    return {page.folder: page for page in read_files(CONTENT)}


@pytest.fixture(scope="module")
def source_runs() -> Runs:
    """Every run of words in the source texts, with its text's name."""
    if not SOURCES.is_dir():
        pytest.skip(f"the source texts to compare with are not in {SOURCES}")
    return {run: path.name for path in sorted(SOURCES.glob("*.txt")) for run in runs(path.read_text("utf-8"))}


def text_of(pages: Pages, page: str, locale: str) -> str:
    """The page as it is read: where its links lead tells a reader nothing."""
    text = pages[page].texts[locale]
    return re.sub(r"\]\([^)]*\)", "]", f"{text.title}\n{text.summary}\n{text.markdown}")


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every eight words that follow one another: so many in common are a sentence carried over."""
    plain = unicodedata.normalize("NFC", text.replace("\u00ad", "")).casefold().replace("ё", "е")
    words = re.findall(r"[^\W_]+", plain)
    return zip(*(words[start:] for start in range(8)), strict=False)


def says(text: str, fact: str, locale: str) -> bool:
    forms = fact.split(" / ")
    form = forms[LOCALES.index(locale)] if len(forms) > 1 else fact
    return re.search(r"\b(?:" + form.replace(" ", r"\s") + ")", text, re.IGNORECASE) is not None


def linked(pages: Pages, page: str) -> set[str]:
    """The pages that ``page`` is linked to, whichever end declared it."""
    links = [(at, f"{kind.folder}/{slug}") for at, it in pages.items() if it.facts for kind, slug in it.facts.links]
    return {there for here, there in links if here == page} | {here for here, there in links if there == page}


@each_language
@pytest.mark.parametrize("page", FACTS)
def test_a_page_holds_the_facts_of_its_source_in_every_language(pages: Pages, page: str, locale: str) -> None:
    text = text_of(pages, page, locale)
    missing = [fact for fact in FACTS[page] if not says(text, fact, locale)]
    assert not missing, f"{page}/{locale}.md lacks:\n" + "\n".join(missing)


@each_language
@each_page
def test_percentages_are_told_as_those_of_the_portal_they_come_from(pages: Pages, page: str, locale: str) -> None:
    text = text_of(pages, page, locale)
    assert not re.search(r"\d\s?%", text) or "postrussia.info" in text


@each_language
@each_page
def test_a_page_has_words_of_its_own(pages: Pages, source_runs: Runs, page: str, locale: str) -> None:
    taken = [f"{source_runs[run]}: {' '.join(run)}" for run in runs(text_of(pages, page, locale)) if run in source_runs]
    assert not taken, f"{page}/{locale}.md carries over\n" + "\n".join(taken)


def test_all_five_source_texts_are_compared_with(source_runs: Runs) -> None:
    assert len(set(source_runs.values())) == 5


@pytest.mark.parametrize(("kind", "number"), [(Kind.PRINCIPLE, 20), (Kind.STORY, 13), (Kind.PHRASE, 6)])
def test_every_principle_story_and_phrase_has_its_page(pages: Pages, kind: Kind, number: int) -> None:
    assert sorted(name for name, page in pages.items() if page.kind is kind) == sorted(OF_KIND[kind])
    assert len(OF_KIND[kind]) == number


@each_page
def test_a_page_is_in_every_language_and_names_what_it_was_taken_from(pages: Pages, page: str) -> None:
    assert set(pages[page].texts) == set(LOCALES)
    facts = pages[page].facts
    titles = " ".join(source.title for source in facts.sources) if facts else ""
    assert TAKEN_FROM[page]
    assert not [title for name, title in SOURCE_TITLES.items() if name in TAKEN_FROM[page] and title not in titles]


@pytest.mark.parametrize("page", OF_KIND[Kind.STORY])
def test_a_story_is_linked_to_the_principles_that_it_shows(pages: Pages, page: str) -> None:
    assert SHOWS[page]
    assert {OF_KIND[Kind.PRINCIPLE][number - 1] for number in SHOWS[page]} <= linked(pages, page)


@each_page
def test_a_principle_leads_to_a_story_a_story_to_a_principle_and_a_phrase_to_both(pages: Pages, page: str) -> None:
    wanted = {
        Kind.PRINCIPLE: {Kind.STORY},
        Kind.STORY: {Kind.PRINCIPLE},
        Kind.PHRASE: {Kind.PRINCIPLE, Kind.STORY},
    }[pages[page].kind]
    assert wanted <= {BY_FOLDER[there.partition("/")[0]] for there in linked(pages, page)}


@each_language
def test_franks_story_asks_the_reader_and_doesnt_tell_what_was_done(pages: Pages, locale: str) -> None:
    frank, lamp = (
        re.split(r"^## ", pages[f"stories/{slug}"].texts[locale].markdown, flags=re.MULTILINE)[1:]
        for slug in ("franks-window-screen", "hotel-lamp")
    )
    what_they_did = lamp[1].splitlines()[0]
    assert what_they_did not in [section.splitlines()[0] for section in frank]
    assert any("?" in section for section in frank[1:-1])
