class Sensor:
    @property
    def value(self):
        return 20

class Warm(Sensor):
    @property
    def value(self):
        return super().value + 1

print(Warm().value)
