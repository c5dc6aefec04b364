class Driver:
    def __init_subclass__(cls):
        pass

    @classmethod
    def make(cls):
        pass

print(type(Driver.__init_subclass__) is type(Driver.make))
