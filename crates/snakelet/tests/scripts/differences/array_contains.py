import array

print(2 in array.array("h", [1, 2]), 3 in array.array("h", [1, 2]))
