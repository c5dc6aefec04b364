class Odd:
    def __str__(self):
        return 7

try:
    print(str(Odd()))
except TypeError:
    print("TypeError")
