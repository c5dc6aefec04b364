import array

print(array.array("b", [1, 2]) == array.array("i", [1, 2]))
