"""Little words that no page is asked for: articles, prepositions, conjunctions, pronouns, auxiliaries and the like.

A page that answers “how do I apologise” need not say *how*, *do* or *I*. Negations are among them: who says what he
cannot do looks for the pages about doing it.
"""

import re

from .keys import fold, locales_of, normal

_APOSTROPHES = re.compile("['’ʼ]")


def _plain(word: str) -> str:
    """The word as the lists below hold it: folded, but for its apostrophe, which tells *I’ll* from *ill*."""
    return "'".join(fold(part) for part in _APOSTROPHES.split(normal(word)))


def _list(text: str) -> frozenset[str]:
    return frozenset(map(_plain, text.split()))


LIGHT = {
    "en": _list("""
        a an the this that these those some any every each all both such another other same own
        of in on at to from by for with without about into onto over under between through during before after against
        among since until till upon within off out up down as than like per
        and or but nor so yet if then because while though although unless whether too also just only even very
        i me my mine we us our ours you your yours he him his she her hers it its they them their theirs one
        myself yourself himself herself itself ourselves yourselves themselves somebody someone anybody anyone something
        anything
        am is are was were be been being do does did doing done have has had having will would shall should can could
        may might must ought let
        not no never none nothing nobody cannot
        what which who whom whose when where why how there here
        i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd
        we'll they're they've they'd they'll that's there's here's what's who's where's how's let's
        isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't won't wouldn't shan't shouldn't can't
        couldn't mustn't needn't
        im ive youre youve thats theres whats isnt arent wasnt werent dont doesnt didnt havent hasnt hadnt wouldnt
        shouldnt cant couldnt theyre theyve ok oh
    """),
    "ru": _list("""
        в во на с со к ко по за из изо от ото до о об обо у при про для без безо над надо под подо перед передо через
        между среди около после кроме ради вместо насчёт против вокруг возле сквозь
        и а но да или либо что чтобы чтоб если когда пока как так то же ж бы б ли ль ведь вот ну уж уже ещё лишь только
        хотя потому поэтому тоже также даже разве неужели пусть раз зато будто именно
        не ни нет нету нельзя никто никого никому никем ничего ничто ничему ничем никогда нигде никак
        некому нечего нечем
        я меня мне мной мною мы нас нам нами ты тебя тебе тобой вы вас вам вами он его него ему нему им ним нём она её
        неё ей ней ею нею оно они их них ими ними себя себе собой
        мой моя моё мои моего моей моему моим моих моими моём мою твой твоя твоё твои твоего твоей твоему твоим твоих
        твоём твою наш наша наше наши нашего нашей нашему нашим наших нашими нашем нашу ваш ваша ваше ваши вашего вашей
        вашему вашим ваших вашими вашем вашу свой своя своё свои своего своей своему своим своих своими своём свою
        этот эта это эти этого этой этому этим этих этими этом эту тот та те того той тому тем тех теми том ту
        весь вся всё все всего всей всему всем всех всеми всю такой такая такое такие такого такому таким таких такими
        таком такую сам сама само сами самого самой самому самим самих саму каждый каждая каждое каждого каждой каждому
        каждым каждую любой любая любое любые любого любому любым любых любую
        кто кого кому кем ком чего чему чем чём который которая которое которые которого которой которому которым
        которых которыми которую какой какая какое какие какого какому каким каких какими каком какую чей чья чьё чьи
        где куда откуда почему зачем сколько
        есть быть был была было были будет будут буду будем будете будешь может могу можем можете могут мог могла могли
        смогу сможет сможем можно нужно должен должна должно должны
        кое нибудь там тут здесь туда сюда очень сейчас теперь потом тогда
    """),
    "hr": _list("""
        u na s sa k ka po za iz od do o uz kod pri bez nad pod pred kroz među između prema preko protiv radi
        zbog umjesto osim tijekom nakon prije poslije oko ispod iznad ispred iza unatoč usprkos
        i a ali ili ni niti pa te nego već da dok ako kad kada kako jer što neka bar iako makar premda dakle
        zato stoga li zar ma evo eto samo tek još baš čak također isto vrlo jako onda tada tako ovako onako
        toliko ukoliko odnosno
        ne nije nisam nisi nismo niste nisu nema nemam nemamo nemate nemaju neće neću nećemo nećete nitko
        nikoga nikome ništa ničega nikad nikada nigdje nikako
        ja me mene mi meni mnom mnome ti te tebe tebi tobom on ga njega mu njemu njim njime ona je nju joj njoj
        njom ono oni one ih njih im njima nas nama nam vi vas vama vam se sebe sebi sobom si
        moj moja moje moji mog mojeg mojega moga mom mome mojem mojemu mojoj moju mojim mojih tvoj tvoja tvoje
        tvoji tvog tvom njegov njegova njegovo njegovu njezin njezina njezino njezinu naš naša naše naši našeg
        našega našem našoj našu našim naših vaš vaša vaše vaši vašeg vašega vašem vašoj vašu vašim vaših njihov
        njihova njihovo svoj svoja svoje svoji svog svoga svom svojem svojoj svoju svojim svojih
        to ta taj toga tog tom tome tu tih ovo ova ovaj ovi ove ovog ovoga ovom ovome ovu ovih ovim onaj onog
        onoga onom onome onu onih takav takva takvo takvi sve sva svi svega svemu svih svim sav
        tko ko koga kome kim čega čemu čim šta koji koja koje kojeg kojega kojem kojemu kojoj koju kojih kojim
        kojima kakav kakva kakvo kakve kakvu čiji čija čije gdje kamo kuda odakle zašto koliko netko nešto
        nekoga nekome nečega nečemu neki neko neke nekog svatko svakoga svakome svaki svaka svako svakog svake
        svaku
        sam smo ste su jesam jest jesu jesmo jeste bio bila bilo bili bile biti bih bi bismo biste budem bude
        budu budi ću ćeš će ćemo ćete hoću hoćeš hoće hoćemo hoćete imam imaš ima imamo imate imaju mogu može
        možemo možete možeš mogao mogla mogli moram moraš mora moramo morate moraju treba trebam trebaš trebamo
        trebate trebaju trebao trebala trebali
        tamo ovdje ondje sad sada
    """),
    "ka": _list("""
        და ან ანუ თუ რომ მაგრამ ხოლო კი არადა რადგან რადგანაც ვიდრე სანამ როცა როდესაც თუკი თუმცა ხომ ნუთუ აბა აი ჰო
        კიდევ კიდეც ასევე აგრეთვე მხოლოდ უკვე ისევ მერე მაინც თითქოს ძალიან თურმე უნდა ნეტავ მაშინ ამიტომ იმიტომ
        ხოლმე ჰოდა მინდა გინდათ
        არ ვერ ნუ არა ვერა აღარ ვეღარ ნუღარ არც ვერც ნურც არავინ არავის ვერავინ არაფერი არაფერს არასოდეს არსად
        არაა ვერავის ვერაფერი ვერაფერს ნურავინ ნურაფერს არანაირი არავითარი
        მე შენ ის იგი ჩვენ თქვენ ისინი მას მან მათ მის მისი მისმა ჩემი ჩემს ჩემმა ჩემთვის შენი შენს ჩვენი ჩვენს ჩვენმა
        ჩვენთვის თქვენი თქვენს თქვენმა თქვენთვის მათი მათს მისთვის მათთვის თავისი თავის თვითონ
        ეს ესენი ამ ამას ამან ამის იმ იმას იმან იმის იმათ ასეთი ისეთი ასე ისე ესე ყველა ყველას
        ესაა ამათ ამით იმით ამაზე იმაზე ამისთვის იმისთვის ყველამ ყოველ ყოველი ორივე მასთან მათთან ჩემთან ჩვენთან
        თქვენთან
        რა რას რამ რის რამე ვინ ვის ვინმე ვინმეს რომელი რომელიც რომელმაც რომელსაც რომლის რომელს როგორ როგორი როდის სად
        საიდან რატომ რისთვის რამდენი რამდენ რამდენად სადაც როგორც რაც ვინც ვისაც რასაც რაღაც ვიღაც
        რაა რაზე ვისთან ვისთვის რომლებიც რომლებსაც ვინმემ რაიმე რაიმეს რაღაცას ვიღაცას ვიღაცამ როგორია
        ვქნა ვქნათ ვუთხრა ვუთხრათ ვთქვა ვთქვათ მოვიქცე მოვიქცეთ გავაკეთო გავაკეთოთ
        ვარ ხარ არის ვართ ხართ არიან იყო იყვნენ ვიყავი ყოფილა იქნება იქნებ აქვს მაქვს გაქვს გვაქვს გაქვთ აქვთ
        იყოს ჰქონდა ჰქონდეს შეიძლება შეუძლია შეუძლიათ შემიძლია შეგვიძლია შეგიძლიათ
        აქ იქ აქეთ იქით მიერ შესახებ გარეშე შორის შემდეგ მიმართ თაობაზე გამო თვის ზე ში დან თან გან ით მდე
    """),
}

HEAVY = {
    "en": _list("ali bar bile bio jest kim mom pod sad sam tom"),
    "hr": _list("as let mine"),
}
"""By language: what is a little word in another language of its script, and in this one a word like any other."""


def is_light(word: str, locale: str) -> bool:
    """Whether ``word`` is a little one to a reader of ``locale``.

    It is when it is little in one of the languages of its script, unless it is a proper word in another: such a word is
    light for readers of the first language alone. *On* and *the* are light to everybody, *sad* to Croats only.
    """
    plain, spoken = _plain(word), locales_of(word)
    light_in = [code for code in spoken if plain in LIGHT.get(code, ())]
    return bool(light_in) and (locale in light_in or not any(plain in HEAVY.get(code, ()) for code in spoken))
