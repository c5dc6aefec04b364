class Root:
    def name(self):
        return "Root"

class Left(Root):
    pass

class Right(Root):
    def name(self):
        return "Right"

class Both(Left, Right):
    pass

print(Both().name())
print([c.__name__ for c in Both.__mro__])
