import sys


class Stand:
    text = "stands in for the module"


sys.modules[__name__] = Stand
