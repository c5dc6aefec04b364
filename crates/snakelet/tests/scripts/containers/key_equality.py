# Dicts and sets ask `__eq__` of keys whose hashes are equal, and of no others.


class Shy:
    """Never to be compared."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return self.number

    def __eq__(self, other):
        raise RuntimeError("compared")


class Loud:
    """Tells when it is compared; equal to all."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return self.number

    def __eq__(self, other):
        print("compared", self.number, getattr(other, "number", other))
        return True


# the same place of any table of up to a thousand, other hashes
places = [Shy(7 + 1024 * i) for i in range(40)]
table = {shy: shy.number for shy in places}
print(len(table), sum(table.values()) == sum(shy.number for shy in places))
print([table[shy] == shy.number for shy in places].count(True))
print(all(shy in table for shy in places), any(n in table for n in range(2056, 3079)))
print(all(shy in set(places) for shy in places), len(set(places) & set(places[:9])))
for shy in places[::2]:
    del table[shy]
print(len(table), table.get(places[0]), table.pop(places[1]) == places[1].number)
print(Shy(1) in {2: 3, "x": 4, None: 5, (1, 2): 6})

loud = {Loud(5): "first"}
loud[6] = "other"
print(loud.get(6), loud.get(5 + 1024))
print(loud.get(5))
loud[Loud(5)] = "second"
print(len(loud), loud[5])
print({Loud(1)} == {2}, {Loud(3)} & {4, 3} == {3})

# of equal hashes, what compares may raise, and the table stays as it is
table = {Shy(9): 1}
for use in (lambda: table[9], lambda: table.pop(9), lambda: 9 in table, lambda: table.setdefault(9, 2)):
    try:
        use()
    except RuntimeError as e:
        print(e, len(table))
