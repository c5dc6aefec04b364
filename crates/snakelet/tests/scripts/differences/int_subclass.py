class Pin(int):
    def __add__(self, other):
        return Pin(int(self) + other)

print(Pin(42) + 1, Pin(1) + Pin(2), type(Pin(1) + 1) is Pin)
