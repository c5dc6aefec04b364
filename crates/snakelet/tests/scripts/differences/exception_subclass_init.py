class Leak(Exception):
    def __init__(self, *args):
        Exception.__init__(self, *args)

print(Leak(1, 2).args)
