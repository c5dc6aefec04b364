import array

numbers = array.array("b", [1, 2, 3])
del numbers[1]
print(numbers)
