# A module that is mostly data.
COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
}
NAMES = [
    "mercury", "venus", "earth", "mars", "jupiter", "saturn", "uranus", "neptune",
    "io", "europa", "ganymede", "callisto", "titan", "triton", "charon", "phobos",
]
TEXT = (
    "the quick brown fox "
    "jumps over the lazy dog "
    "and runs away"
)
MATRIX = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
