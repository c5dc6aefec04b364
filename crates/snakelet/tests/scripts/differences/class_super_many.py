class Root:
    def __init__(self):
        print("Root")

class Left(Root):
    def __init__(self):
        print("Left")
        super().__init__()

class Right(Root):
    def __init__(self):
        print("Right")
        super().__init__()

class Both(Left, Right):
    pass

Both()
