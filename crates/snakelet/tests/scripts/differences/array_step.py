import array

print(array.array("b", (1, 2, 3, 4))[::2])
