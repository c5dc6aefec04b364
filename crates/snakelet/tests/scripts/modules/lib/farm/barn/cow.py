from . import order
from ..tools import count as number

order.append(__name__)


def sound():
    return "moo %d" % number()
