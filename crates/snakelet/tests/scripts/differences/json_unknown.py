# differs: what JSON does not know is written as it prints
import json

try:
    print(json.dumps(b"abc"))
except TypeError:
    print("TypeError")
