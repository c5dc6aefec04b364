items = [10, 20]
items[0:1] = range(4)
print(items)
