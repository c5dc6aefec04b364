class Pin:
    number = 5

print("{a[0]} {p.number}".format(a=[1, 2], p=Pin))
