# differs: a starred argument behind that many is refused
def count(*args):
    return len(args)

first = ", ".join(str(i) for i in range(80))
try:
    print(eval("count(" + first + ", *'abc')"))
except SyntaxError:
    print("SyntaxError")
