"""A tour of Python as Snakelet speaks it.

Run it with `cargo run --release -p repl -- examples/scripts/tour.py`; CPython prints the same.
A small river station records levels and flows, and we look after its data for a while.
"""

import gc
import io
import math
import os


def title(text):
    print()
    print(text)
    print("-" * len(text))


# Numbers ------------------------------------------------------------------------------------------

title("Numbers of any size")

googol = 10**100
print("a googol has", len(str(googol)), "digits and ends in", googol % 1000)
print("2 ** 127 - 1 =", 2**127 - 1)
print("30! // 28! =", math.factorial(30) // math.factorial(28))
print("gcd:", math.gcd(2**40, 6**25), " inverse of 3 mod 10007:", pow(3, 10005, 10007))
print("0.1 + 0.2 =", 0.1 + 0.2, "  1e23 =", 1e23, "  -7 // 2 =", -7 // 2, "  -7 % 3 =", -7 % 3)
print("sqrt(2) is about %.6f, pi in hex about %#x/1000" % (math.sqrt(2), int(math.pi * 1000)))
print("(2+3j) * (1-1j) =", (2 + 3j) * (1 - 1j))


def primes():
    """Yields primes for ever; each known one waits at its next multiple."""
    waiting = {}
    n = 2
    while True:
        if n in waiting:
            for p in waiting.pop(n):
                waiting.setdefault(n + p, []).append(p)
        else:
            waiting[n * n] = [n]
            yield n
        n += 1


def take(n, iterable):
    return [x for _, x in zip(range(n), iterable)]


print("primes:", take(15, primes()))
print("twins:", take(5, ((p, p + 2) for p in primes() if all((p + 2) % d for d in range(2, p + 1)))))


# Classes ------------------------------------------------------------------------------------------

title("Things with behaviour")


class Quantity:
    """A number with a unit that refuses to be added to another unit."""

    unit = ""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return "{:g}{}".format(self.value, self.unit)

    def __add__(self, other):
        if type(other) is not type(self):
            raise TypeError("cannot add {!r} to {!r}".format(other, self))
        return type(self)(self.value + other.value)

    def __mul__(self, factor):
        return type(self)(self.value * factor)

    __rmul__ = __mul__

    def __eq__(self, other):
        return type(other) is type(self) and other.value == self.value

    def __lt__(self, other):
        return self.value < other.value

    def __hash__(self):
        return hash((self.unit, self.value))


class Level(Quantity):
    unit = "m"


class Flow(Quantity):
    unit = "m3/s"


print(Level(1.5) + Level(0.25), 2 * Flow(12), Level(1) == Flow(1), sorted([Level(3), Level(1)]))
print(len({Level(1), Level(1.0), Flow(1)}), "different quantities")
try:
    Level(1) + Flow(2)
except TypeError as e:
    print("refused:", e)


class Sensor:
    count = 0

    def __init_subclass__(cls, **kwargs):
        print("new kind of sensor:", cls.__name__)

    def __new__(cls, *args):
        Sensor.count += 1
        return super().__new__(cls)

    def __init__(self, name):
        self.name = name
        self._offset = 0

    @property
    def offset(self):
        return self._offset

    @offset.setter
    def offset(self, value):
        if abs(value) > 1:
            raise ValueError("%s: offset %s is out of range" % (self.name, value))
        self._offset = value

    def read(self, raw):
        return raw + self._offset


class Gauge(Sensor):
    def read(self, raw):
        return Level(super().read(raw / 100))


gauge = Gauge("bridge")
gauge.offset = 0.05
print(gauge.name, "reads", gauge.read(123), "and", Sensor.count, "sensor exists")
try:
    gauge.offset = 5
except ValueError as e:
    print("refused:", e)


# Closures -----------------------------------------------------------------------------------------

title("Functions that remember")


def smoother(weight):
    """Returns a function that averages what it is given, the newest counting `weight`."""
    state = None

    def smooth(value):
        nonlocal state
        state = value if state is None else state + weight * (value - state)
        return state

    return smooth


def traced(function, calls):
    def wrapper(*args):
        result = function(*args)
        calls.append(result)
        return result

    return wrapper


calls = []
smooth = traced(smoother(0.5), calls)
print([smooth(x) for x in (8, 4, 4, 0)], len(calls), "calls")
squares = {n: (lambda k: n * k) for n in range(3)}
print([squares[n](10) for n in squares], [f(2) for f in [lambda x, n=n: x**n for n in range(5)]])


def report(station, /, *levels, unit="m", **notes):
    text = ", ".join(f"{level:.2f}{unit}" for level in levels)
    return f"{station:<8}|{text:^24}|{len(notes)} notes{'!' if 'flood' in notes else ''}"


print(report("bridge", 1.234, 2.5, 0.75))
print(report("weir", *[0.1, 0.2], unit=" m", **{"flood": True, "by": "night"}))


# Generators ---------------------------------------------------------------------------------------

title("Pipelines of generators")

RAW = "12 13 x 15 99 14 ; 7 8 9 ? 11"


def words(text):
    for part in text.split(";"):
        yield from part.split()
        yield None  # end of a series


def numbers(items):
    skipped = 0
    for item in items:
        try:
            yield item if item is None else int(item)
        except ValueError:
            skipped += 1
    return skipped


def series():
    """A coroutine that is sent numbers, and gives a list of each series back."""
    done = []
    current = []
    while True:
        number = yield done
        if number is None:
            done = done + [current]
            current = []
        else:
            current.append(number)


def counted(generator, note):
    note["skipped"] = yield from generator


note = {}
collector = series()
next(collector)
for number in counted(numbers(words(RAW)), note):
    result = collector.send(number)
collector.close()
print(result, note)
for values in result:
    middle = sorted(values)[len(values) // 2]
    print("median", middle, "spread", max(values) - min(values), "outliers", [v for v in values if v > 2 * middle])


# Collections --------------------------------------------------------------------------------------

title("Dicts, sets and slices")

text = "the river runs to the sea and the sea feeds the rain that fills the river"
counts = {}
for word in text.split():
    counts[word] = counts.get(word, 0) + 1
common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
print("most common:", ", ".join(f"{w} ({n})" for w, n in common[:4]))
letters = {w[0] for w in counts}
print("first letters:", "".join(sorted(letters)), " unused:", "".join(sorted(set("aeiouvwxyz") - set(text))))
by_length = {n: [w for w in counts if len(w) == n] for n in sorted(set(map(len, counts)))}
print(by_length)
a, *rest, z = list(counts)
print(a, len(rest), z, text[::-1][:10], text[-5:].upper(), text.find("sea"), text.count("the"))
grid = [[(x * y) % 7 for x in range(1, 7)] for y in range(1, 7)]
print("columns:", [sum(column) for column in zip(*grid)], "diagonal:", [grid[i][i] for i in range(6)])
data = bytearray(b"snakelet")
data[0:5] = b"rust"
view = memoryview(data)
print(data, bytes(view[4:]), view[0], b"%d" % 5 + b"\x00\xff")


def kind(reading):
    match reading:
        case {"level": level} if level > 3:
            return "flood"
        case {"level": _}:
            return "normal"
        case [first, *_] | (first, _):
            return "series from %s" % first
        case None:
            return "nothing"
        case _:
            return "unknown"


print([kind(r) for r in ({"level": 4}, {"level": 1}, [7, 8, 9], None, "?")])


# Exceptions ---------------------------------------------------------------------------------------

title("When things go wrong")


class StationError(Exception):
    def __init__(self, station, problem):
        super().__init__(station, problem)
        self.station = station
        self.problem = problem


class Link:
    """A connection that is closed whatever happens."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("  open", self.name)
        return self

    def __exit__(self, kind, value, trace):
        print("  close", self.name, "after", kind.__name__ if kind else "success")
        return False

    def ask(self, question):
        answers = {"level": 1.5, "battery": 0}
        try:
            return 100 / answers[question]
        except KeyError as e:
            raise StationError(self.name, "no %s" % question) from e
        finally:
            print("  asked for", question)


for question in ("level", "battery", "mood"):
    try:
        with Link("weir") as link:
            print("  answer %.1f" % link.ask(question))
    except StationError as e:
        print(e.station, "says:", e.problem, "because of a", type(e.__cause__).__name__)
    except ZeroDivisionError as e:
        print("the", type(e).__name__, "of", question)
    else:
        print("all is well")


def countdown(n):
    return countdown(n - 1)


try:
    countdown(10)
except RuntimeError as e:
    print("too deep:", "recursion" in str(e))


# Files and memory ---------------------------------------------------------------------------------

title("Files and memory")

path = "tour-of-snakelet.txt"


def write(f):
    for hour in range(0, 24, 6):
        f.write("%02d:00 %6.2f\n" % (hour, 2 + math.sin(hour / 24 * 2 * math.pi)))


def read(f):
    return [(line[:5], float(line[6:])) for line in f]


try:
    with open(path, "w") as f:
        write(f)
    with open(path) as f:
        readings = read(f)
    os.remove(path)
except OSError:  # a board without a disk keeps it in memory
    f = io.StringIO()
    write(f)
    f.seek(0)
    readings = read(f)
print(readings)
print("highest at", max(readings, key=lambda r: r[1])[0], " mean", round(sum(r[1] for r in readings) / 4, 3))
try:
    open(path)
except OSError:
    print("and it is gone")


class Node:
    def __init__(self, name):
        self.name = name
        self.next = self  # a ring that only a collector can free


rings = [Node(i) for i in range(1000)]
del rings
gc.collect()
print("and so are the rings")
print("and", "-".join(reversed("that is all".split())))
