# differs: a starred argument behind one with a name is refused
try:
    exec("print(sep='-', *(1, 2))")
except SyntaxError:
    print("SyntaxError")
