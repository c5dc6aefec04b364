items = [1, 2, 3, 4]
items[0:4:2] = [5, 6]
print(items)
