# Lists: methods, slices in all three roles, operators, comparisons.


def attempt(action):
    try:
        print("no error:", action())
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__)


letters = list("abcdef")
print(letters[1:4], letters[::-2], letters[-2:], letters[10:], letters[4:1:-1])

for selected, new in (
    (slice(1, 3), "XYZ"),
    (slice(1, 4), ""),
    (slice(2, 2), ["in"]),
    (slice(5, 1), "!"),
    (slice(None, None, 2), "123"),
    (slice(None, None, -2), "123"),
):
    copy = letters[:]
    copy[selected] = new
    print(copy)

for selected in (slice(1, 3), slice(None, None, 2), slice(None, None, -3), slice(3, 3), slice(-1, None)):
    copy = letters.copy()
    del copy[selected]
    print(copy)

copy = letters[:]
copy[2:4] = copy
print(copy)
attempt(lambda: letters.__setitem__(slice(None, None, 2), [1]))
attempt(lambda: letters[6])
attempt(lambda: letters[-7])
attempt(lambda: letters["a"])
attempt(lambda: letters[::0])

numbers = [3, 1]
numbers.append(4)
numbers.extend(x * x for x in range(3))
numbers.insert(0, "first")
numbers.insert(-1, "before last")
numbers.insert(100, "end")
numbers.insert(-100, "start")
print(numbers, len(numbers))
print(numbers.pop(), numbers.pop(0), numbers.pop(-2), numbers)
numbers.remove(1)
print(numbers, numbers.index(4), numbers.count(1), 0 in numbers, 7 in numbers)
print(numbers.index(4, -3), [1, 2, 1, 2].index(2, 2))
attempt(lambda: numbers.remove("absent"))
attempt(lambda: numbers.index(4, 3, 3))
attempt(lambda: [].pop())
attempt(lambda: [1].pop(1))
numbers.reverse()
print(numbers)
numbers.clear()
print(numbers, bool(numbers))

print([1, 2] + [3], [0] * 3, 2 * [1, 2], [1] * -1, [1] * True)
attempt(lambda: [1] + (2,))
attempt(lambda: [1] * 1.0)
doubled = alias = [1, 2]
doubled += (3,)
doubled *= 2
print(alias)
doubled *= 0
print(alias)

print([1, 2] < [1, 3], [1, 2] < [1, 2, 0], [2] > [1, 9], [] <= [], [1] != [1.0], [1] == (1,))
attempt(lambda: [1] < ["a"])

itself = [1, 2, 3]
for item in itself:
    if len(itself) < 6:
        itself.append(item * 10)
print(itself)
itself.extend(itself)
print(len(itself))
