# Nests native code as deep as it goes, in each of the ways that there are: each ends with an exception, and the stack
# of the machine does not reach beyond its end. To be run by `run.sh deep.py --heap 500000 --features stack`, which fails
# otherwise.
import gc
from collections import deque, namedtuple

N = namedtuple('N', 'a')

class Chain:
    def __init__(self, inner): self.inner = inner
    def __eq__(self, other): return self.inner == other.inner
    def __hash__(self): return hash(self.inner)
    def __repr__(self): return repr(self.inner)
    def __neg__(self): return -self
    def __getattr__(self, name): return getattr(self, name + 'x')
    def __iter__(self): return iter(self.inner)

class Calls: pass
Calls.__call__ = Calls()

def sort(n): return sorted([n], key=sort)
def mapped(n): return list(map(mapped, [n]))
def text(): exec('text()')
def generator():
    for x in generator(): yield x
class Manager:
    def __enter__(self):
        with Manager(): pass
    def __exit__(self, *what): pass
class Message(Exception):
    def __str__(self): return str(self)

# how an object wraps another one, and what goes down such a chain
WRAPS = """
[p]|p == q; p < q; q in [p]; repr(p); print(p, end='')
(p,)|hash(p); {p: 1}; isinstance(1, p); p == q; '%s' % (p,)
{0: p}|p == q; repr(p)
slice(0, p, 0)|p == q; repr(p)
deque((p,), 2)|p == q; repr(p)
N(p)|hash(p); p == q; repr(p)
frozenset((p,))|p == q
OSError(p)|str(p); repr(p)
KeyError(p, p)|repr(p)
Chain(p)|p == q; hash(p); repr(p); list(p)
enumerate(p)|next(p)
zip(p)|next(p)
map(str, p)|next(p)
"""
CALLS = """
-Chain(1)
Chain(1).a
Calls()()
sort(1)
mapped(1)
text()
list(generator())
Manager().__enter__()
str(Message())
eval('(' * 900 + ')' * 900)
eval('-' * 3000 + '1')
"""

ended = 0

def run(name, work, names):
    # a chain that memory ends before the stack, or that its parts end, is no test
    global ended
    try:
        exec(work, names)
    except (RuntimeError, MemoryError, SyntaxError, TypeError):
        ended += 1
    gc.collect()

expected = 0
for line in WRAPS.strip().split('\n'):
    wrap, works = line.split('|')
    names = globals()
    grow = compile('p = %s' % wrap, 'wrap', 'exec')
    for name in ('p', 'q'):
        names['p'] = [] if 'enum' in wrap or 'zip' in wrap or 'map' in wrap else ()
        try:
            for i in range(2000): exec(grow, names)
        except (MemoryError, RuntimeError):
            pass
        names['q'], names['p'] = names['p'], None
        if name == 'p': first = names['q']
    names['p'] = first
    first = None
    for work in works.split(';'):
        run(wrap, work.strip(), names)
        expected += 1
    names['p'] = names['q'] = None
    gc.collect()
for work in CALLS.strip().split('\n'):
    run(work, work, globals())
    expected += 1
print(ended, 'of', expected, 'have ended with an exception')
assert ended > expected // 2
