class Broken(Exception):
    def __init__(self):
        raise self

try:
    Broken()
except Broken as e:
    print("caught", e.args)
