"""Artists with wood, felt and weather: folk, piano, lo-fi and bossa, minimal, ambient."""

from studio.demo.catalogue.entries import ArtistEntry, CassetEntry, TrackEntry, songs
from studio.demo.covers import Palette

KETTLE = """\
[00:00.00]
[00:09.00]I left the kettle singing on the stove
[00:13.50]and walked down to the water in your coat
[00:18.00]The ferry had the morning in its mouth
[00:22.50]and one lamp burning northward, and one south
[00:27.00]Oh leave the door ajar, leave the porch light on
[00:31.50]I'm only half a song, and half is gone
[00:36.00]The hills will keep my name until I'm home
[00:40.50]A kettle never sings for long alone
"""

SNOW_PLOUGH = """\
The plough came by at five and woke the road,
it shouldered all the quiet to one side.
You slept the way a house sleeps under load,
with every beam awake and every window wide.

Carry me like that, carry me like snow,
heavy where it has to be and light to let it go.

By nine the sun had signed for what was left,
the gutters spoke, the roof gave up its white.
I'd only meant to love you while it froze,
and here it's April, and I'm up all night.
"""

TWO_UMBRELLAS = """\
Two umbrellas, one of them is lying:
no rain since Sunday, still you bring it round.
You say it's for the chance, I say you're trying
to have a thing to leave, and then be found.
"""

MARROW_AND_PINE = ArtistEntry(
    handle="marrow-and-pine",
    name="Marrow & Pine",
    location="Tromsø, Norway",
    bio=(
        "Two guitars, one kitchen. Liv and Anders learned to play so that the winter would have something to "
        "listen to. They stamp on the floor because the neighbours are moose."
    ),
    accent="#c9742b",
    credit="Liv Aasen: guitar, feet. Anders Moe: guitar, whistle. Recorded live at the kitchen table.",
    system="strata",
    palette=Palette("#f5ead6", "#20302f", "#e0933c", "#5f8a7a", "#a9b98f"),
    cassets=(
        CassetEntry(
            "A Kettle Never Sings Alone",
            "folk",
            31,
            ("folk", "acoustic", "fingerstyle"),
            "Written between the last boat of autumn and the first of spring. If you hear a spoon, it is a spoon.",
            (
                TrackEntry("A Kettle Never Sings Alone", lyrics=KETTLE, seconds=58),
                TrackEntry("Snow Plough", lyrics=SNOW_PLOUGH),
                *songs("The Ferryman's Good Coat", "Moose in the Orchard"),
            ),
        ),
        CassetEntry(
            "Long Light",
            "folk",
            160,
            ("folk", "acoustic", "summer"),
            "Eleven weeks without a night. These are the tunes for staying up.",
            songs("Midnight, Bright", "Hay on the Wire", "Anders' Reel"),
        ),
    ),
)

INES_VALVERDE = ArtistEntry(
    handle="ines-valverde",
    name="Inês Valverde",
    location="Porto, Portugal",
    bio=(
        "A piano with felt between the hammers and the strings, in a flat with thin walls. I play after the "
        "children upstairs have gone to bed, so everything is a lullaby whether it wants to be or not."
    ),
    accent="#b4586c",
    credit="Composed and played by Inês Valverde on a 1962 upright.",
    system="field",
    palette=Palette("#f6d8c4", "#1d1a2b", "#7fa7c9", "#d77a8c", "#f0b98a"),
    cassets=(
        CassetEntry(
            "Thin Walls",
            "piano",
            12,
            ("piano", "neoclassical", "quiet"),
            "For the neighbours, with apologies and thanks.\n\nNothing is edited. Where I breathed, I breathed.",
            (
                *songs("Upstairs, Asleep", "Letter I Did Not Send", "Rua das Flores, Rain"),
                TrackEntry("For the Tuner", premium_only=True),
            ),
        ),
        CassetEntry(
            "Pequenas Horas",
            "piano",
            109,
            ("piano", "solo", "sleep"),
            "The small hours, in order: one, two and the one with no number.",
            songs("Uma", "Duas", "A Sem Número"),
        ),
    ),
)

OKADA_RAIN = ArtistEntry(
    handle="okada-rain",
    name="Okada Rain",
    location="Osaka, Japan",
    bio=(
        "Beats made on the 23:40 local with headphones and a borrowed sampler. Sometimes a guitar from Bahia gets "
        "on at Tennoji. Good for homework, better for not doing it."
    ),
    accent="#2f7f86",
    credit="Beats by Okada Rain. Dust by a record shop in Nakazakicho.",
    system="reels",
    palette=Palette("#f4ead7", "#2a2323", "#e8552d", "#2f7f86", "#f0b43c"),
    cassets=(
        CassetEntry(
            "Last Train Study Group",
            "lofi",
            2,
            ("lo-fi", "hip hop", "study", "instrumental"),
            "Press play at Umeda, look up at Wakayama.\n\nMade from wrong notes, swung until they were right.",
            (
                TrackEntry("Vending Machine Glow"),
                TrackEntry("Two Umbrellas", lyrics=TWO_UMBRELLAS),
                *songs("Homework for Crows", "Doors Close Soon"),
            ),
        ),
        CassetEntry(
            "Bahia Platform",
            "bossa",
            54,
            ("bossa nova", "lo-fi", "guitar"),
            "A platform that does not exist, with a guitar on it. Half bossa, half beats, all afternoon.",
            (
                *songs("Papaya Season", "The Lifeguard's Day Off"),
                TrackEntry("Salt on the Strings", style="lofi"),
                TrackEntry("Ondina at Four", premium_only=True),
            ),
        ),
    ),
)

TWELVE_LOOMS = ArtistEntry(
    handle="twelve-looms",
    name="Twelve Looms",
    location="Rotterdam, Netherlands",
    bio=(
        "A percussion collective of two people and a lot of patience. We take a pattern, give it to both hands, and "
        "wait until it disagrees with itself. The name is from the mill where we rehearse."
    ),
    accent="#d8342b",
    credit="Marimbas: Joost Vermeer and Ama Boateng. Flute: Ama.",
    system="swiss",
    palette=Palette("#f3efe6", "#1b1b1d", "#d8342b", "#1f5fa8", "#f2b632"),
    cassets=(
        CassetEntry(
            "Weaving Patterns in Three",
            "minimal",
            41,
            ("minimal", "marimba", "contemporary"),
            "Three processes. Each begins together and ends together; what happens between is arithmetic.",
            songs("Warp", "Weft", "Selvedge"),
        ),
        CassetEntry(
            "Office Hours",
            "minimal",
            132,
            ("minimal", "percussion", "focus"),
            "Commissioned by nobody for a building that was never opened. Good for sorting things.",
            songs("Lift Music for Stairs", "Photocopy", "Five to Five"),
        ),
    ),
)

HALCYON_TIDE = ArtistEntry(
    handle="halcyon-tide",
    name="Halcyon Tide",
    location="Ísafjörður, Iceland",
    bio=(
        "Slow music from a slow harbour. Halcyon Tide records the weather first and the notes second, and would "
        "like you to lie down. No beats were harmed."
    ),
    accent="#5e8c74",
    credit="Synthesis, bells and fog by Birna Jónsdóttir.",
    system="contours",
    palette=Palette("#efeadd", "#23332d", "#8fb59a", "#d9cfa8", "#b9653c"),
    cassets=(
        CassetEntry(
            "Fog Survey",
            "ambient",
            66,
            ("ambient", "drone", "sleep"),
            "Seven visits to one place with no view. Here are three, at the lengths they asked for.",
            (
                TrackEntry("Trig Point", seconds=62),
                TrackEntry("Sheep, Unseen"),
                TrackEntry("The Sea Is To Your Left", seconds=66),
            ),
        ),
        CassetEntry(
            "Low Tide Almanac",
            "ambient",
            183,
            ("ambient", "drone", "nature"),
            "One piece for each low water of a February. Best very quiet.",
            songs("Eelgrass", "Moon Two Days Old", "What the Harbour Kept"),
        ),
    ),
)

ACOUSTIC = (OKADA_RAIN, INES_VALVERDE, MARROW_AND_PINE, HALCYON_TIDE, TWELVE_LOOMS)
