class Shelf:
    def __dir__(self):
        return ("wood", "glass", "iron")

print(dir(Shelf()))
