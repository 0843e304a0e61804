"""Hostile Markdown and HTML to test with: the pieces, disguised addresses, and texts that mix them."""

from hypothesis import strategies as st

_PIECES = """
<script>alert(1)</script> ¦ <script src=//e.com/x.js> ¦ </script> ¦ <ScRiPt/x> ¦ <scr<script>ipt>
<noscript><p title="</noscript><img src=x onerror=alert(1)>"> ¦ <iframe src=javascript:alert(1)>
<iframe srcdoc="<script>alert(1)</script>"> ¦ </iframe> ¦ <object data=x> ¦ <embed src=x> ¦ <applet>
<svg onload=alert(1)> ¦ <svg><style> ¦ <svg><a xlink:href=javascript:alert(1)> ¦ </svg>
<math><mtext><table><mglyph><style><img src onerror=alert(1)> ¦ <math href=javascript:alert(1)>
<style>*{color:red}</style> ¦ <style> ¦ </style> ¦ <link rel=stylesheet href=//e.com>
<meta http-equiv=refresh content=0> ¦ <base href=//e.com> ¦ <body onload=x> ¦ <form action=//e.com> ¦ </form>
<input name=q autofocus onfocus=x> ¦ <button formaction=javascript:x> ¦ <textarea> ¦ </textarea>
<select><template><script> ¦ <template> ¦ </template> ¦ <title> ¦ </title> ¦ <plaintext> ¦ <xmp>
<marquee onstart=x> ¦ <video><source onerror=x> ¦ <details open ontoggle=x> ¦ <p style="position:fixed">
<b style=x:expression(1)> ¦ <div id=main class="shell"> ¦ <p id="s-ok"> ¦ <a name=top id=top>
<a id="fn:1" href="#x"> ¦ <a href="x" target=_blank ping=//e.com> ¦ <img srcset="//e.com/x 1x" src=/a onload=x>
<table background=javascript:x> ¦ <td onclick=x style=x> ¦ </table> ¦ </div></div></div> ¦ </article> ¦ </main>
<h1 onclick=x> ¦ <h2 id="q"> ¦ <!-- ¦ --> ¦ <!-- <script> --> ¦ <![CDATA[ ¦ ]]> ¦ <!DOCTYPE x> ¦ <?php ?> ¦ <?xml
<! ¦ < ¦ > ¦ " ¦ ' ¦ ` ¦ \\ ¦ & ¦ ; ¦ = ¦ / ¦ </ ¦ <a ¦ <img alt=" ¦ " onerror="x ¦ &lt;script&gt;
&#60;script&#62; ¦ &amp;lt; ¦ &#x3c;img onerror=x&#x3e; ¦ <x onclick=y> ¦ <custom-tag onfocus=x tabindex=1>
<a\tonclick\r=x> ¦ ## <script> ¦ ### *a* {onclick=x} ¦ {: onclick=x style=y id=top } ¦ {#top} ¦ - [ ] <input> ¦ ```
~~~ ¦ ```<script> ¦ ``` {.x onclick=y} ¦ !!! note ¦ !!! note "<script>" ¦ !!! "onclick=x ¦ [^1] ¦ [^<b>]
[^"onclick=x]: y ¦ [a]: javascript:alert(1) ¦ [a] ¦ [a][b] ¦ [b]: <javascript:x> "t\\" onclick=x" ¦ ![ ¦ ]( ¦ )
](javascript:alert(1)) ¦ ![x](x "onerror=y") ¦ ![x][a] ¦ [x](<data:a b>) ¦ [x](/a "\\" onclick=x")
<javascript:alert(1)> ¦ <https://e.com/"onclick=x> ¦ https://e.com/"onmouseover=x ¦ www.e.com'onclick=x
javascript:alert(1) ¦ --- ¦ :-: ¦ ~~ ¦ ** ¦ __ ¦ * ¦ _ ¦ == ¦ ^^ ¦ www. ¦ a@b.com ¦ <a@b.com> ¦ \x02 ¦ \x03
\x02wzxhzdk:0\x03 ¦ \x02klzzwxh:0\x03 ¦ \x02amp\x03 ¦ \u2028 ¦ \u0085 ¦ \u00ad ¦ \ufeff ¦ \u200b
| a | b |⏎|---|:-:|⏎| <script> | x | ¦ \x00 ¦ Лампа ¦ ლამპა ¦ šuma
"""


def _split(lines: str) -> list[str]:
    """The pieces between `` ¦ `` and line ends; ⏎ is a line end within one."""
    return [piece.replace("⏎", "\n") for line in lines.strip().split("\n") for piece in line.split(" ¦ ")]


PIECES = [*_split(_PIECES), "# ", "1. ", "> ", "- [x] ", "[^1]: ", "\x0b", "\x0c"]


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """An address whose scheme runs code, disguised: other case, entities, blanks and control characters inside."""
    disguised = ""
    for char in draw(
        st.sampled_from(["javascript:", "data:text/html,", "vbscript:", "jAvAsCrIpT&colon;", "livescript:"])
    ):
        shapes = [char, char.upper(), f"&#{ord(char)};", f"&#x{ord(char):X};", f"&#{ord(char):07}", f"%{ord(char):02x}"]
        disguised += draw(st.sampled_from([char, char, *shapes]))
        disguised += draw(
            st.sampled_from([""] * 6 + ["\t", "\n", "\r", "&Tab;", "&NewLine;", "&#9;", "\x01", "\x00", "\u00ad", " "])
        )
    before = draw(st.sampled_from(["", " ", "\t", "&#1;", "\x0c", "\u00a0", "&nbsp;", "feed:", "view-source:", "//x:"]))
    return before + disguised + draw(st.sampled_from(["alert(1)", "<script>alert(1)</script>", "//%0aalert(1)"]))


_PLACES = """
[x]({}) ¦ [x](<{}>) ¦ ![x]({}) ¦ [x][y]⏎⏎[y]: {} ¦ [y]: <{}>⏎⏎![x][y] ¦ <{}> ¦ <a href="{}">x</a> ¦ <a href='{}'>x
<a href={}>x</a> ¦ <img src="{}"> ¦ <img src={}> ¦ <area href="{}"> ¦ <svg><a xlink:href="{}">x</a></svg>
<form action="{}"><input formaction="{}"> ¦ <iframe src="{}"> ¦ <object data="{}"> ¦ <blockquote cite="{}">
<q cite="{}"> ¦ <del cite="{}"> ¦ <img longdesc="{}" lowsrc="{}" usemap="{}"> ¦ <body background="{}">
<a title="x" href="{}" id="{}">x</a> ¦ <details><summary><a href="{}"> ¦ | a |⏎|---|⏎| [x]({}) | ¦ ## [x]({})
x[^1]⏎⏎[^1]: [x]({}) ¦ !!! note⏎    <{}> ¦ ```{}⏎x⏎``` ¦ !!! note "[x]({})"⏎    y
"""
hostile_addresses = st.builds(
    lambda place, address: place.replace("{}", address),
    st.sampled_from(_split(_PLACES)),
    addresses(),
)
pieces = st.sampled_from(PIECES) | hostile_addresses | st.text(max_size=6)
glue = st.sampled_from(["", "", " ", "\n", "\n\n", "\n    ", "\n\n    "])
texts = st.lists(st.tuples(pieces, glue), max_size=12).map(lambda parts: "".join(piece + gap for piece, gap in parts))
