print("\N{LATIN SMALL LETTER A}\N{bullet}".encode())
print(f"{'x'}\N{GREEK SMALL LETTER MU}".encode())
try:
    eval("'\\N{NO SUCH CHARACTER}'")
except SyntaxError:
    print("SyntaxError")
