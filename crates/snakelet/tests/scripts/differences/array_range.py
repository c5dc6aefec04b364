# differs: numbers are cut to what fits
import array

try:
    print(array.array("b", [257]))
except OverflowError:
    print("OverflowError")
