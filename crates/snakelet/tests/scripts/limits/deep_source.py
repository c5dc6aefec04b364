# differs: CPython has other limits and other names for the errors.
# Source text that nests without end is refused, and the interpreter goes on.
N = 100000
texts = [
    ("parentheses", lambda: "(" * N + ")" * N),
    ("unclosed parentheses", lambda: "(" * N),
    ("lists", lambda: "[" * N + "]" * N),
    ("dicts", lambda: "{1:" * N + "1" + "}" * N),
    ("calls", lambda: "f(" * N + ")" * N),
    ("subscripts", lambda: "x[" * N + "0" + "]" * N),
    ("minus signs", lambda: "-" * N + "1"),
    ("nots", lambda: "not " * N + "1"),
    ("powers", lambda: "2" + "**1" * N),
    ("lambdas", lambda: "lambda:" * N + "1"),
    ("conditions", lambda: "1 if 1 else " * N + "1"),
    ("awaits", lambda: "await " * N + "x"),
    ("targets", lambda: "(" * N + "a" + ",)" * N + " = 1"),
    ("fields", lambda: 'f"' + "{f'" * 300 + "'}" * 300 + '"'),
    ("patterns", lambda: "match x:\n case " + "[" * N + "]" * N + ":\n  pass"),
]
for name, make in texts:
    try:
        exec(make())
    except (RuntimeError, SyntaxError, MemoryError):
        print(name, "refused")
    else:
        print(name, "accepted")
text = "".join(" " * i + "if 1:\n" for i in range(300)) + " " * 300 + "pass"
try:
    exec(text)
except (RuntimeError, SyntaxError, MemoryError):
    print("blocks refused")
print(eval("((((1))))"), eval("1" + "+1" * 2000))
