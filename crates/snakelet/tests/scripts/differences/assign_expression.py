# differs: the variable is assigned
try:
    print(eval("[[(j := i) for i in range(2)] for j in range(2)]"))
except SyntaxError:
    print("SyntaxError")
