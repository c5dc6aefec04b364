# Dates there and back.
import time

for seconds in (0, 1, 86399, 86400, 951782400, 951868800, 1709164800, 4102444799, 1234567890):
    t = time.gmtime(seconds)
    print(tuple(t)[:8])
