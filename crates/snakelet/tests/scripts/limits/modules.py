# Junk in sys.modules is given back as it is, or refused, but never trusted.
import sys

sys.modules["junk"] = 5
import junk

print(junk)
try:
    from junk import name
except (ImportError, AttributeError):
    print("no name in it")
try:
    import junk.inner
except (ImportError, AttributeError):
    print("no module in it")
try:
    from junk import *
except (ImportError, AttributeError, TypeError):
    pass
print("star is over")
del sys.modules["junk"]
try:
    import junk
except ImportError:
    print("gone")
sys.modules["text"] = "abc"
from text import upper

print(upper())
for bad in ("", "no/such", "..", "a..b"):
    try:
        __import__(bad)
    except (ImportError, ValueError):
        print("refused")
sys.path.append(None)
sys.path.append(5)
try:
    import missing_module
except (ImportError, TypeError):
    print("missing")
