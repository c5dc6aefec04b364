# exec, eval and the dicts they run in.
env = {"a": 5}
exec("b = a * 2\ndef f(x): return x + b", env)
print(env["b"], env["f"](1), eval("a + b", env))
local = {"a": 1}
print(eval("a + c", {"c": 10}, local))
exec("a += 1; d = a", {}, local)
print(local["a"], local["d"])
code = compile("x * x", "<square>", "eval")
print([eval(code, {"x": n}) for n in range(4)])
try:
    eval("1 +")
except SyntaxError:
    print("SyntaxError")
try:
    exec("def f(:\n  pass")
except SyntaxError:
    print("SyntaxError")
try:
    exec("if 1:\nx = 1")
except IndentationError:
    print("IndentationError")
print(eval("[i for i in range(3)]"), eval(" 7 "), eval("(lambda: 8)()"))
g = globals()
g["made"] = "by globals()"
print(made, "g" in g, __name__)


def shadow():
    print = lambda *a: "shadowed"
    return print(1)


print(shadow())
len = lambda x: "my len"
print(len([]))
del len
print(len([]))


class C:
    exec("inner = 3")
    y = inner + 1


print(C.y)

# A name that comes and goes among the globals, by whichever way, is seen at once.
def shadowed():
    return chr


def show(what):
    print(what, shadowed() is original, shadowed() == 5)


original = chr
show("built in")
chr = 5
show("assigned")
del chr
show("deleted")
globals()["".join(["c", "hr"])] = 5
show("by a text")
del globals()["".join(["ch", "r"])]
show("deleted by a text")
globals().update({"chr": 5})
show("updated")
globals().pop("chr")
show("popped")
for i in range(40):
    globals()["filler%d" % i] = i
chr = 5
show("among many")
del chr
show("gone again")
