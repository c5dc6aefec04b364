# print() and its keywords.
print()
print(1, "a", None, [1, "b"], {"k": (1,)}, sep="-")
print(1, 2, end="!\n")
print("a", "b", sep="", end="\n\n")
print("x", sep=None, end=None)


class Sink:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)


sink = Sink()
print("to", "sink", 3, file=sink, sep="_")
print("".join(sink.parts) == "to_sink_3\n")
for bad in ({"sep": 1}, {"end": 2}, {"nope": 3}):
    try:
        print("x", **bad)
    except TypeError:
        print("TypeError")


class Named:
    def __repr__(self):
        return "<repr>"

    def __str__(self):
        return "<str>"


print(Named(), [Named()], str(Named()), repr(Named()), "%r" % Named(), f"{Named()} {Named()!r}")
