# exec, eval and compile with namespaces of their own.
space = {"a": 2}
exec("b = a * 21\ndef f(): return b", space)
print(space["b"], space["f"]())
print(eval("a + b", space), eval("a + b", {"a": 1, "b": 2}), eval("x", space, {"x": "local"}))

code = compile("total = 0\nfor i in range(n): total += i", "sums", "exec")
for n in (3, 10):
    names = {"n": n}
    exec(code, names)
    print(names["total"])

expression = compile("[v * v for v in data]", "squares", "eval")
print(eval(expression, {"data": range(4)}))


class Body:
    exec("made = 'in the class'")


print(Body.made)


def caller():
    hidden = 1
    try:
        return eval("hidden")
    except NameError:
        return "globals only"


print(eval("len(space) > 2"))
for bad in ("1 +", "def", "x = = 1", "'open", "return 1", "  indented"):
    try:
        exec(bad)
    except SyntaxError as e:
        print("SyntaxError")
try:
    exec("1 / 0")
except ZeroDivisionError as e:
    print("ZeroDivisionError")
# a class needs its module's name, which a new dict has not
space = {}
exec("class C:\n    x = 4\n    def m(self): return self.x", space)
print(space["C"]().m(), sorted(k for k in space if k[0] != "_"))
# a line that goes on in one that does not come
for mode in ("single", "eval", "exec"):
    try:
        compile("\\\n", "stdin", mode)
        print(mode, "is empty")
    except SyntaxError:
        print(mode, "SyntaxError")
