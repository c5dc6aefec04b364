class Names(list):
    def __init__(self):
        self.append("first")
        super().__init__()
        self.append("second")

print(Names())
