class Half:
    def __float__(self):
        return 0.5

try:
    print(2.0 * Half())
except TypeError:
    print("TypeError")
