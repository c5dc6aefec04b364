for target in ("x", "a.b", "a[0]", "f()", "[x, y]", "x, y", "1"):
    try:
        exec("def f():\n    " + target + ": int\n")
        print(target, "ok")
    except SyntaxError:
        print(target, "SyntaxError")
