"""Sentences for the synthetic load: enough different ones that search and lists behave as with real texts."""

THINGS = (
    "Bäume", "Bänke", "Fahrradbügel", "Schatten", "ein Trinkbrunnen", "ein Spielplatz", "breitere Gehwege",
    "eine Querung", "ein Zebrastreifen", "Tempo 30", "Blumenwiesen", "Hochbeete", "eine Boulderwand", "Licht",
    "ein Wochenmarkt", "Tischtennisplatten", "ein Radweg", "eine Haltestelle", "Barrierefreiheit", "Regenwasser",
)  # fmt: skip
PLACES = (
    "vor der Schule", "am Ring", "in der Südvorstadt", "am Kanal", "neben der Kita", "im Innenhof", "an der Brücke",
    "auf dem Marktplatz", "entlang der Straßenbahn", "am Bahnhof", "vor der Bibliothek", "am alten Gasometer",
    "hinter dem Rathaus", "an der Kreuzung", "im Park", "am Stadion", "vor dem Supermarkt", "in der Altstadt",
)  # fmt: skip
WISHES = ("fehlen hier", "wären schön", "bitte prüfen", "sind nötig", "kommen zu kurz", "jetzt planen")
SENTENCES = (
    "Im Sommer steht hier die Hitze, und niemand bleibt freiwillig stehen.",
    "Morgens ist der Weg so voll, dass Kinder auf die Fahrbahn ausweichen.",
    "Mit dem Kinderwagen kommt man kaum durch.",
    "Das würde vielen helfen, die nicht mehr gut zu Fuß sind.",
    "Andere Städte haben damit gute Erfahrungen gemacht.",
    "Bitte denken Sie auch an Menschen, die schlecht sehen.",
    "Früher stand hier ein großer Kastanienbaum.",
    "Nach jedem Regen bildet sich eine Pfütze, die tagelang bleibt.",
    "Die Ampel ist für Fußgänger viel zu kurz grün.",
    "Abends ist es dunkel, und viele nehmen lieber einen Umweg.",
    "Es wäre ein Treffpunkt für Jung und Alt.",
    "Wir würden uns als Nachbarschaft auch um die Pflege kümmern.",
    "Ein Teil der Fläche wird seit Jahren nur zum Parken genutzt.",
    "Das kostet wenig und ließe sich schnell umsetzen.",
)  # fmt: skip
ENGLISH = (
    "There is no shade at all in the afternoon.",
    "Please make the crossing safer for children.",
    "A few benches would make this a place to stay.",
)
REMARKS = (
    "Das sehe ich genauso.", "Gute Idee, bitte bald umsetzen!", "Da bin ich skeptisch: Wer soll das pflegen?",
    "Ich wohne gegenüber und kann das bestätigen.", "Mir wäre ein anderer Standort lieber.",
    "Gibt es dazu schon Zahlen?", "So etwas gibt es am Kanal schon, und es funktioniert.", "Bitte mit Schatten!",
)  # fmt: skip


def title_phrase(number: int) -> str:
    """Return one of some thousand headlines."""
    thing = THINGS[number % len(THINGS)]
    place = PLACES[number // len(THINGS) % len(PLACES)]
    wish = WISHES[number // (len(THINGS) * len(PLACES)) % len(WISHES)]
    return f"{thing[0].upper()}{thing[1:]} {place}: {wish}"


def text_phrase(number: int) -> tuple[str, str]:
    """Return a text of two to six sentences and its language."""
    if number % 20 == 0:
        return " ".join(ENGLISH[(number // 20 + step) % len(ENGLISH)] for step in range(2)), "en"
    count = 2 + number % 5
    stride = 1 + number // 7 % (len(SENTENCES) - 1)
    return " ".join(SENTENCES[(number + step * stride) % len(SENTENCES)] for step in range(count)), "de"


def comment_phrase(number: int) -> str:
    """Return a remark on a contribution."""
    return REMARKS[number % len(REMARKS)]
