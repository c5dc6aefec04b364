items = [1, 2, 3, 4]
del items[0:4:2]
print(items)
