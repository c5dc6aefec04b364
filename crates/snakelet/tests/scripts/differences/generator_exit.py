# differs: generators that are collected are not closed
import gc

class Door:
    def __enter__(self):
        print("open")

    def __exit__(self, *what):
        print("shut")

def guests():
    with Door():
        while True:
            yield "guest"

def evening():
    for guest in guests():
        print(guest)
        break

evening()
gc.collect()
print("over")
