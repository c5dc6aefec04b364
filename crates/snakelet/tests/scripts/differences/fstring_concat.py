x = 1
print("{left}" f"{x}" "{right}")
