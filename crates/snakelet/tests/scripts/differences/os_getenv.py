# differs: getenv asks the environment itself
import os

os.putenv("SNAKELET_PUT", "value")
print(os.getenv("SNAKELET_PUT"))
