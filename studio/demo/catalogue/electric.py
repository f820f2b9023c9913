"""Artists with plugs: synthwave, house, drum & bass, chiptune."""

from studio.demo.catalogue.entries import ArtistEntry, CassetEntry, TrackEntry, songs
from studio.demo.covers import Palette

NIGHT_BUS = """\
Last bus out, the windows full of me,
two stops past the petrol and the sea.
You said the city only sleeps in parts:
the offices, the statues, not the hearts.

Keep the engine running, keep the engine low,
there is a light on somewhere that we know.
Keep the engine running, let the meter climb,
we are only ever early for our time.

Night bus, night bus, take the longer way,
I have got tomorrow but I have not got today.
"""

NOVA_KITE = ArtistEntry(
    handle="nova-kite",
    name="Nova Kite",
    location="Lisbon, Portugal",
    bio=(
        "Drives at night so you don't have to. Nova Kite is one person, two polysynths and a car stereo that eats "
        "cassettes. Every song has to pass the bridge test: windows down, volume up, does the river feel wider?"
    ),
    accent="#ff2e7e",
    credit="Written, played and mixed by Nova Kite. Mastered in a parked car.",
    system="sun",
    palette=Palette("#1b1035", "#ffe9d6", "#ffb347", "#ff2e7e", "#5b2a8c"),
    cassets=(
        CassetEntry(
            "Overnight Express",
            "synthwave",
            9,
            ("synthwave", "night drive", "electronic"),
            "Four songs for a motorway with nobody on it.\n\nThe bass line of the first was a mistake that I kept "
            "making until it was right. Play it in order once, then never again.",
            (
                TrackEntry("Night Bus to Cascais", lyrics=NIGHT_BUS),
                *songs("Tail Lights", "Service Station Angels"),
                TrackEntry("The River Feels Wider", premium_only=True),
            ),
        ),
        CassetEntry(
            "Chrome Season",
            "synthwave",
            121,
            ("synthwave", "retro", "instrumental"),
            "The first tape. Recorded in one August with the blinds down.",
            songs("Polaroid Weather", "Heat Shimmer", "Cassette Heart"),
        ),
    ),
)

VELVET_ARCADE = ArtistEntry(
    handle="velvet-arcade",
    name="Velvet Arcade",
    location="Leeds, England",
    bio=(
        "A sister, a brother and the back room of a closed bingo hall. House music for people who dance with their "
        "coats on, and slower things for the walk home. Requests are considered, then ignored."
    ),
    accent="#00a08a",
    credit="Produced by Dee and Marcus Obi. Congas by Aunt Rose, who says hello.",
    system="waves",
    palette=Palette("#f1efe9", "#0f1720", "#0f1720", "#00a08a", "#ff7a45"),
    cassets=(
        CassetEntry(
            "Coats On",
            "house",
            23,
            ("deep house", "house", "dance"),
            "Made for a room of forty people and a heater. The organ is the bingo hall's own; it is in tune on "
            "Tuesdays.",
            (
                *songs("Two Fat Ladies", "Cloakroom", "Full House"),
                TrackEntry("Eyes Down", premium_only=True),
            ),
        ),
        CassetEntry(
            "The Walk Home",
            "dubtechno",
            78,
            ("dub techno", "electronic", "late night"),
            "What the street sounds like when your ears are still ringing. One chord at a time.",
            songs("Wet Pavement", "Underpass", "First Bus, Empty"),
        ),
        CassetEntry(
            "Bank Holiday",
            "house",
            0,
            ("house", "work in progress"),
            "Not done. The middle one needs a better reason to exist.",
            songs("Deckchair Politics"),
        ),
    ),
)

KINETIC_PARISH = ArtistEntry(
    handle="kinetic-parish",
    name="Kinetic Parish",
    location="Bristol, England",
    bio=(
        "Breaks cut by hand, bass by the metre. Kinetic Parish grew up above a church hall and still thinks a kick "
        "drum should make somebody look at the ceiling. Plays fast so that the sad parts go by quicker."
    ),
    accent="#ff5a3c",
    credit="Programmed by Theo Marsh. The bell is St Werburgh's, recorded from a bicycle.",
    system="ridges",
    palette=Palette("#f2ede4", "#111318", "#ff5a3c", "#8fa3b0", "#3a4654"),
    cassets=(
        CassetEntry(
            "Ceiling Music",
            "dnb",
            4,
            ("drum and bass", "electronic", "fast"),
            "174 beats a minute, which is two of yours if you are calm.\n\nEvery drum on here was played once, "
            "badly, and then moved.",
            songs("Steeple", "Plaster Dust", "Vestry", "Bicycle Bell"),
        ),
        CassetEntry(
            "Low Gears",
            "dnb",
            96,
            ("drum and bass", "atmospheric"),
            "Uphill music. The drops are the downhills.",
            songs("Totterdown", "Chain Grease", "Freewheel"),
            night=True,
        ),
    ),
)

BIT_ORCHARD = ArtistEntry(
    handle="bit-orchard",
    name="Bit Orchard",
    location="Malmö, Sweden",
    bio=(
        "Grows melodies on four channels and refuses a fifth. Bit Orchard writes soundtracks for games that nobody "
        "has made yet; if you make one, write, the music is ready."
    ),
    accent="#7d6bff",
    credit="Two pulses, one triangle, one noise. By Siv Lund.",
    system="sprites",
    palette=Palette("#f8f4e3", "#14122b", "#ff4d6d", "#39d5c4", "#7d6bff"),
    cassets=(
        CassetEntry(
            "Insert Fruit",
            "chiptune",
            16,
            ("chiptune", "8-bit", "game music"),
            "World one, two and three, and the tune for when you win. I have never won.",
            songs("Apple Level", "Hedgehog Boss", "Underground, With Roots", "You Saved the Pears"),
        ),
        CassetEntry(
            "Pause Menu",
            "chiptune",
            140,
            ("chiptune", "8-bit"),
            "Music for standing still. Your character breathes, the cursor blinks.",
            songs("Inventory", "Map of Elsewhere", "Continue?"),
        ),
    ),
)

ELECTRIC = (NOVA_KITE, VELVET_ARCADE, KINETIC_PARISH, BIT_ORCHARD)
