# differs: __del__ of classes of scripts is not called
import gc

class Valve:
    def __del__(self):
        print("closed")

valve = Valve()
del valve
gc.collect()
print("collected")
