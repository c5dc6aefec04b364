# differs: in CPython the name is gone for good
# What a script stores in a built-in module can be taken back.
import builtins
import time

kept = len
builtins.len = lambda x: 99
print(len([]), builtins.len("abc"))
del builtins.len
print(len([1]), builtins.len("abc"), len is kept)
try:
    del builtins.len_of_nothing
except AttributeError:
    print("AttributeError")
builtins.answer = 42
print(answer)
del builtins.answer
try:
    answer
except NameError:
    print("NameError")
try:
    del builtins.answer
except AttributeError:
    print("AttributeError")
before = time.sleep
time.sleep = lambda s: "slept"
print(time.sleep(1000))
time.sleep = before
print(time.sleep is before)
