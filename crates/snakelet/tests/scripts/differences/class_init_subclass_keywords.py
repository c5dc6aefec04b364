class Driver:
    def __init_subclass__(cls, /, pin, **rest):
        super().__init_subclass__(**rest)
        cls.pin = pin

class Motor(Driver, pin=7):
    pass

print(Motor.pin)
try:
    class Pump(Driver, pin=8, speed=2):
        pass
except TypeError:
    print("TypeError")
