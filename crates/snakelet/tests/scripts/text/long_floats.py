# differs: as in MicroPython, numbers with more than 32 characters are written with an exponent
print("%.2f %.2f %.0f" % (8.888e32, 1e29, 3e32), "{:f} {:+f} {:F}".format(1e25, 1e25, -1e30), f"{1e40:.1f}")
