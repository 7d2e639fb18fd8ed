"""Writes text-cleaning.json: what OpenAI CLIP's reference makes of texts that are hard to clean.

The texts are our own. The reference is `basic_clean`, `whitespace_clean` and `lower` of openai/CLIP's
simple_tokenizer.py: ftfy's repairs, HTML unescaped twice, white space made one space, lower case.

    pip install ftfy==6.3.1
    python3 packages/clip/golden/text-cleaning.py
"""

import html
import json
import re
from importlib.metadata import version
from pathlib import Path

import ftfy
import ftfy.bad_codecs  # noqa: F401  registers sloppy-windows-1252


def clean(text: str) -> str:
    text = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
    return re.sub(r"\s+", " ", text).strip().lower()


def garbled(text: str, encoding: str) -> str:
    """UTF-8 that was read in another encoding."""
    return text.encode("utf-8").decode(encoding)


WORDS = ["café", "naïve façade", "“quoted” — and…", "emoji 😀 and 👍🏽", "Dvořák", "Łódź", "ñandú", "l’été", "5 €", "©"]

CASES = {
    "plain": ["A  photo of\ta CAT ", "one\ntwo", "  ", ""],
    "quotes": ["“It’s ‘fine’”", "„low“", "«guillemets»", "‚a‛ ‟b”", "it`s ´odd´", "ʼn ŉ"],
    "ligatures": ["ﬁne ﬂowers, ﬀ ﬃ ﬄ", "ĳs Ĳ", "ǆ ǅ Ǆ ǉ ǌ ǳ", "ﬅone ﬆone"],
    "widths": ["ＦＵＬＬ　ｗｉｄｔｈ！", "ｱﾆﾒ ｶﾞ", "￠￡￢￣￤￥￦", "４ｋ，８ｋ"],
    "controls": ["a\x00b\x07c\x7fd\ufeffe", "\x1b[36;44mblue\x1b[0m", "\x1b[Ka", "a\u206ab\ufff9c\ufffcd", "a\xadb", "a\u200bb\u200dc"],
    "C1 controls": ["wait\x85 what\x92s", "\x80 5", "a\x81b\x8d", "\x93quoted\x94"],
    "line breaks": ["one\r\ntwo\rthree", "one\u2028two\u2029three\x85four", "a\x0bb\x0cc"],
    "entities": ["cats &amp; dogs", "&amp;amp; &amp;amp;amp;", "&amp &copy me &lt3", "&#39;a&#x27; &#150; &#0; &#xD800;", "a&#1;b&#x7f;c", "D&D party, &w", "&quot;q&quot; &nbsp;x", "&notit; &hellip;", "&Eacute; &EACUTE; &eacute;", "&#128512; &#x1F600;"],
    "entities and tags": ["<b>cats &lt;3</b>", "a &lt; b\n<i>c &lt; d</i>\ne &lt; f", "&amp; <", "<br>&amp;amp;"],
    "composition": ["cafe\u0301", "e\u0323\u0302", "한\u1100\u1161", "Å Å Ω", "o\u0308\u0304"],
    "case": ["İstanbul", "ΟΔΟΣ ΣΑΣ Σ", "STRASSE ẞ ß", "ǅ", "ĲSSEL", "ſ", "Ꭰ", "𐐀"],
    "white space": ["\xa0a\xa0\u2003b\u3000", "a\u1680b\u202fc\u205fd", "a\x1cb\x1dc\x1ed\x1fe", "a\u180eb\u200ac"],
    "emoji": ["😀👍🏽👩‍👩‍👧", "❤️ ☺", "🇩🇪", "1️⃣"],
    "scripts": ["Привет, мир", "你好，世界", "こんにちは", "مرحبا", "हिन्दी", "ไทย", "עברית"],
    "garbled, Windows-1252": [garbled(word, "sloppy-windows-1252") for word in WORDS],
    "garbled, Latin-1": [garbled(word, "latin-1") for word in WORDS],
    "garbled twice": [garbled(garbled("café", "sloppy-windows-1252"), "sloppy-windows-1252"), garbled(garbled("—", "latin-1"), "latin-1")],
    "a guess that is not made here": ["Â¡ola señor, Ã"],
    "not garbled": ["SÃO PAULO", "À la carte", "garçon â la", "ÂÃ", "€50", "™ ® ©", "100 µm ± 5 °C", "¿Qué?", "Ð Þ ð þ"],
}


def main() -> None:
    cases = [{"kind": kind, "text": text, "clean": clean(text)} for kind, texts in CASES.items() for text in texts]
    document = {"ftfy": version("ftfy"), "made_by": "packages/clip/golden/text-cleaning.py", "cases": cases}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(document, ensure_ascii=True, indent=2) + "\n", encoding="utf-8")
    print(f"{len(cases)} cases, ftfy {document['ftfy']}, {path}")


if __name__ == "__main__":
    main()
