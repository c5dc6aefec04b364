# differs: names have at most 255 bytes here, as in MicroPython
longest = "n" * 255
longer = longest + "n"


def tell(name, work):
    try:
        print(name, work())
    except RuntimeError as error:
        print(name, "RuntimeError:", error)


class Thing:
    pass


def keywords(**given):
    return len(given)


thing = Thing()
for text in (longest, longer, "\u00e9" * 127, "\u00e9" * 128, "n" * 20000):
    print(len(text.encode()))
    tell("assign", lambda: exec(text + " = 1", {}))
    tell("read", lambda: eval(text, {text: 2}))
    tell("argument", lambda: exec("def f(" + text + "): pass"))
    tell("setattr", lambda: setattr(thing, text, 3))
    tell("getattr", lambda: getattr(thing, text, 4))
    tell("hasattr", lambda: hasattr(thing, text))
    tell("type", lambda: len(type(text, (), {}).__name__))
    tell("keyword", lambda: keywords(**{text: 5}))
    tell("format", lambda: ("{" + text + "}").format(**{text: 6}))
    tell("percent", lambda: ("%(" + text + ")d") % {text: 7})
    # keys of dicts, strings and words in comments are no names
    tell("text", lambda: {text: 8}[text])
    tell("literal", lambda: len(eval("'" + text + "' # " + text)))

for name in ("p" * 128 + "." + "q" * 126, "p" * 128 + "." + "q" * 127):
    try:
        __import__(name)
    except (ImportError, RuntimeError) as error:
        print(len(name), type(error).__name__)

# numbers and blanks of any length are none either
print(eval("9" * 300) == 10**300 - 1, eval("0x" + "0" * 100000 + "ff"), eval("1" + " " * 100000 + "+ 1"))
print(eval("1." + "0" * 10000 + "1e" + "0" * 10000 + "2"), eval("0" * 10000 + ".5j"))
for text in ("1" * 10000 + "x", "0x" + "1" * 10000 + "\u00e9", "1e" + "2" * 10000 + "_y"):
    try:
        eval(text)
    except SyntaxError:
        print("SyntaxError")
