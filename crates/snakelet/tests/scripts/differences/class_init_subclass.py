class Driver:
    def __init_subclass__(cls):
        print("new", cls.__name__)

class Motor(Driver):
    pass
