class Base:
    def __init_subclass__(cls, **rest):
        super().__init_subclass__(**rest)
        print("Base", cls.__name__)

class Mixin:
    def __init_subclass__(cls, **rest):
        super().__init_subclass__(**rest)
        print("Mixin", cls.__name__)

class Both(Base, Mixin):
    pass
