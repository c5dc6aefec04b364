//! The programs: a preparation, which runs without limits, and the work.

/// How the work of a program ends.
#[derive(Copy, Clone)]
pub(crate) enum Ending {
    Done,
    OutOfFuel,
    /// With an exception whose description begins like that.
    Raises(&'static str),
}

use Ending::{Done, OutOfFuel, Raises};

pub(crate) struct Program {
    pub setup: &'static str,
    pub work: &'static str,
    pub ending: Ending,
}

const fn program(ending: Ending, setup: &'static str, work: &'static str) -> Program {
    Program { setup, work, ending }
}

const TOO_DEEP: Ending = Raises("RecursionError: maximum recursion depth exceeded");

/// 2^60 objects by what refers to them, of some 60 or 120.
pub(crate) const DOUBLED: &[Program] = &[
    program(OutOfFuel, "p = q = []\nfor i in range(60): p, q = [p, p], [q, q]", "p == q"),
    program(OutOfFuel, "p = q = []\nfor i in range(60): p, q = [p, p], [q, q]", "p < q"),
    program(OutOfFuel, "p = q = []\nfor i in range(60): p, q = [p, p], [q, q]", "q in [p]"),
    program(OutOfFuel, "p = []\nfor i in range(60): p = [p, p]", "repr(p)"),
    program(OutOfFuel, "p = []\nfor i in range(60): p = [p, p]", "print(p)"),
    program(
        OutOfFuel,
        "p = q = {}\nfor i in range(60): p, q = {0: p, 1: p}, {0: q, 1: q}",
        "p == q",
    ),
    program(
        OutOfFuel,
        "from collections import deque\nd = deque\np = q = d((), 2)\nfor i in range(60): p, q = d((p, p), 2), d((q, q), 2)",
        "p == q",
    ),
    program(
        OutOfFuel,
        "p = q = 0\nfor i in range(60): p, q = slice(p, p, p), slice(q, q, q)",
        "p == q",
    ),
    program(Raises("TypeError"), "p = 0\nfor i in range(60): p = slice(p, p, p)", "hash(p)"),
    program(OutOfFuel, "p = (5,)\nfor i in range(60): p = (p, p)", "hash(p)"),
    program(OutOfFuel, "p = (5,)\nfor i in range(60): p = (p, p)", "{p: 0}"),
    program(
        OutOfFuel,
        "from collections import namedtuple\nPair = namedtuple('Pair', 'l r')\np = 5\nfor i in range(60): p = Pair(p, p)",
        "hash(p)",
    ),
    program(
        OutOfFuel,
        "from collections import namedtuple\nPair = namedtuple('Pair', 'l r')\np = 5\nfor i in range(60): p = Pair(p, p)",
        "{p: 0}",
    ),
    program(
        OutOfFuel,
        "",
        "p = frozenset()\nfor i in range(60): p = frozenset((p, (p, i)))\nhash(p)",
    ),
    program(OutOfFuel, "p = (str,)\nfor i in range(60): p = (p, p)", "isinstance(1.5, p)"),
    program(OutOfFuel, "p = (str,)\nfor i in range(60): p = (p, p)", "issubclass(float, p)"),
    program(
        OutOfFuel,
        "p = (OSError,)\nfor i in range(60): p = (p, p)",
        "try: 1 // 0\nexcept p: pass",
    ),
    program(OutOfFuel, "p = OSError()\nfor i in range(60): p = OSError(p, p)", "str(p)"),
    program(OutOfFuel, "p = OSError()\nfor i in range(60): p = OSError(p, p)", "print(p)"),
    program(OutOfFuel, "p = ()\nfor i in range(24): p = (p, p)", "hash(p)"),
    program(OutOfFuel, "p = q = []\nfor i in range(22): p, q = [p, p], [q, q]", "p == q"),
    program(OutOfFuel, "p = (str,)\nfor i in range(25): p = (p, p)", "isinstance(1, p)"),
];

/// Objects in one another without end, or nearly so.
pub(crate) const DEEP: &[Program] = &[
    program(
        TOO_DEEP,
        "p = (OSError,)\nfor i in range(200000): p = (p,)",
        "try: 1 // 0\nexcept p: pass",
    ),
    program(TOO_DEEP, "p = (str,)\nfor i in range(200000): p = (p,)", "isinstance(1, p)"),
    program(TOO_DEEP, "p = ()\nfor i in range(200000): p = (p,)", "hash(p)"),
    program(TOO_DEEP, "p = q = []\nfor i in range(200000): p, q = [p], [q]", "p == q"),
    program(TOO_DEEP, "p = []\nfor i in range(200000): p = [p]", "repr(p)"),
    program(
        TOO_DEEP,
        "p = q = 0\nfor i in range(200000): p, q = slice(0, p, 0), slice(0, q, 0)",
        "p == q",
    ),
    program(TOO_DEEP, "class A: pass\nA.__call__ = A()", "A()()"),
    program(
        OutOfFuel,
        "class E(Exception): pass\nfor i in range(300): E = type('E', (E,), {})",
        "while True:\n  try: raise E\n  except OSError: pass\n  except E: pass",
    ),
];

/// Keys that lie in each other's places.
pub(crate) const COLLIDING: &[Program] = &[
    program(
        OutOfFuel,
        "class A:\n  def __hash__(self): return 3",
        "s = {A() for i in range(4000)}",
    ),
    program(
        OutOfFuel,
        "class A:\n  def __hash__(self): return 3\n  def __eq__(self, other): return False",
        "d = {}\nfor i in range(2000): d[A()] = i",
    ),
    program(Done, "k = [(i, -i) for i in range(30000)]", "d = {i: 1 for i in k}"),
    program(Done, "k = [(i, -i) for i in range(30000)]", "s = set(k)"),
    program(Done, "k = [(1 << 70) + (i << 64) for i in range(8000)]", "d = {i: 1 for i in k}"),
    program(Done, "k = [i << 48 for i in range(8000)]", "d = {i: 1 for i in k}"),
    program(Done, "k = [float(i) * 2.0 ** 60 for i in range(20000)]", "d = {i: 1 for i in k}"),
    program(
        OutOfFuel,
        "k = [i * ((1 << 61) - 1) * ((1 << 31) - 1) * ((1 << 29) - 1) for i in range(30000)]",
        "d = {i: 1 for i in k}",
    ),
];

pub(crate) const TEXTS: &[Program] = &[
    program(
        Done,
        "t = 'z' * 3000000 + 'a'; u = 'z' * 3000000 + 'b'",
        "for i in range(4): t < u, t == u",
    ),
    program(OutOfFuel, "t = '\\u1234' * 1000000", "while True: len(t)"),
    program(OutOfFuel, "t = '\\xe9' * 200000", "while True: t[150000]"),
    program(OutOfFuel, "t = ' ' * 3000000", "while True: t.split()"),
    program(OutOfFuel, "t = 'ab' * 300000; u = 'ab' * 150000 + 'c'", "while True: u in t"),
    program(OutOfFuel, "t = 'a' * 600000; u = 'a' * 30000 + 'b'", "while True: t.count(u)"),
    program(OutOfFuel, "t = 'a' * 600000; u = 'b' + 'a' * 300000", "while True: t.rpartition(u)"),
    program(OutOfFuel, "t = 'a' * 600000; u = 'b' + 'a' * 300000", "while True: t.rsplit(u)"),
    program(
        OutOfFuel,
        "t = memoryview(b'a' * 600000); u = b'a' * 300000 + b'b'",
        "while True: u in t",
    ),
    program(OutOfFuel, "t = bytearray(3000000); m = memoryview(t)", "while True: m[1:] = m[:-1]"),
    program(Done, "", "'{:1000000}'.format(5)"),
    program(Done, "", "'{:.1000000f}'.format(1.5)"),
    program(OutOfFuel, "", "'%.1000000000f' % 1.5"),
    program(OutOfFuel, "t = '1.' + '0' * 3000000 + '1'", "while True: float(t)"),
    program(OutOfFuel, "t = [7] * 1000000", "while True: repr(t)"),
    program(OutOfFuel, "import struct", "while True: struct.pack('300000s', b'')"),
    program(
        OutOfFuel,
        "import struct\nt = '1' * 3000000",
        "while True:\n  try: struct.calcsize(t)\n  except ValueError: pass",
    ),
    program(Raises("RuntimeError: name too long"), "", "__import__('.'.join(['a'] * 50000))"),
];

pub(crate) const NUMBERS: &[Program] = &[
    program(OutOfFuel, "x = 1 << 500000", "str(x)"),
    program(OutOfFuel, "x = 10 ** 20000", "while True: '{:,}'.format(x)"),
    program(OutOfFuel, "x = 1 << 5000000", "while True: hex(x)"),
    program(OutOfFuel, "x = 1 << 5000000", "while True: hash(x)"),
    program(OutOfFuel, "x = 1 << 5000000", "while True: -x"),
    program(OutOfFuel, "x = (1 << 2000000) - 1", "x * x"),
    program(
        OutOfFuel,
        "x = (1 << 30000) + 1; y = (1 << 30000) - 3; z = (1 << 30000) + 7",
        "pow(x, y, z)",
    ),
    program(OutOfFuel, "import math\nx = 10 ** 20000", "while True: math.isqrt(x)"),
    program(Raises("MemoryError"), "x = 1", "x << 1000000000"),
    program(Done, "r = range(10 ** 9)", "1.5 in r, 2.0 in r"),
];

pub(crate) const CONTAINERS: &[Program] = &[
    program(OutOfFuel, "t = [(i * 7919) % 1000003 for i in range(200000)]", "t.sort()"),
    program(OutOfFuel, "t = [7] * 500000; u = [7] * 500000", "while True: t == u"),
    program(OutOfFuel, "t = list(range(100000))", "while True: list(t)"),
    program(OutOfFuel, "t = frozenset(range(30000))", "while True: hash(t)"),
    program(OutOfFuel, "t = [7] * 500000", "while True: t.insert(0, 7)"),
    program(OutOfFuel, "t = list(range(3000))\ndef f(*a): pass", "while True: f(*t)"),
    program(Done, "t = [[7]] * 50000", "zip(*t)"),
    program(Done, "d = {i: i for i in range(30000)}", "while d: d.popitem()"),
    program(Done, "t = set(range(30000))", "while t: t.pop()"),
    program(
        Done,
        "d = {i: i for i in range(30000)}\nfor i in range(29990): del d[i]",
        "for i in range(300): next(iter(d))",
    ),
    program(
        Done,
        "from collections import OrderedDict\nd = OrderedDict((i, i) for i in range(20000))\nfor i in range(19990): del d[i]",
        "for i in range(300): next(iter(d))",
    ),
];

pub(crate) const CLASSES: &[Program] = &[
    program(Done, "class A: pass", "for i in range(1000): A = type('A', (A,), {})"),
    program(OutOfFuel, "t = tuple([type('A', (), {}) for i in range(2000)])", "type('B', t, {})"),
    program(
        OutOfFuel,
        "t = tuple([type('A', (), {}) for i in range(5000)])",
        "while True: isinstance(7, t)",
    ),
    program(Done, "class A: pass\na = A()", "for i in range(2000): setattr(a, 'n%d' % i, i)"),
    program(Done, "class A: pass", "for i in range(3000): setattr(A, 'n%d' % i, i)"),
    program(
        Done,
        "from collections import namedtuple",
        "namedtuple('N', ['n%d' % i for i in range(5000)])",
    ),
    program(
        Done,
        "class D:\n  def __del__(self): pass\nt = [D() for i in range(20000)]\nt = None",
        "import gc; gc.collect()",
    ),
];

pub(crate) const SOURCES: &[Program] = &[
    program(Done, "s = 'x = \"' + 'a' * 500000 + '\"'", "compile(s, 'f', 'exec')"),
    program(Done, "s = 'x = \"' + 'a' * 200000 + '\"'", "exec(s)"),
    program(Done, "s = '#' * 500000", "compile(s, 'f', 'exec')"),
    program(OutOfFuel, "s = 'x = 0' + '+a' * 200000", "compile(s, 'f', 'exec')"),
    program(
        Done,
        "s = 'x = [' + '.5,'.join(str(i) for i in range(8000)) + ']'",
        "compile(s, 'f', 'exec')",
    ),
    program(Done, "s = '\\n'.join('n%d = 1' % i for i in range(15000))", "compile(s, 'f', 'exec')"),
    program(Done, "s = '\\n'.join('n%d = 1' % i for i in range(5000))", "exec(s)"),
    program(
        Done,
        "s = '\\n'.join('x = \"%s\"' % ('r%d ' % i * 20) for i in range(4000))",
        "compile(s, 'f', 'exec')",
    ),
    program(
        Raises("RuntimeError: bytecode overflow"),
        "s = 'match x:\\n' + '\\n'.join(' case %d: pass' % i for i in range(10000))",
        "compile(s, 'f', 'exec')",
    ),
    program(OutOfFuel, "s = 'def f():\\n' + ' x = 1\\n' * 80000", "compile(s, 'f', 'exec')"),
    program(
        Raises("RuntimeError: bytecode overflow"),
        "n = ['n%d' % i for i in range(1500)]\ns = 'def f():\\n' + ''.join(' %s = 1\\n' % i for i in n) + ' return lambda: [' + ','.join(n) + ']'",
        "compile(s, 'f', 'exec')",
    ),
    program(Done, "s = 'x = ' + '*'.join(['9' * 300] * 25)", "compile(s, 'f', 'exec')"),
    program(Done, "s = 'x = ' + '*'.join(['9' * 1000] * 9)", "compile(s, 'f', 'exec')"),
    program(Done, "s = 'x = (1 << 200000) // (1 << 100000 | 1)'", "compile(s, 'f', 'exec')"),
    program(Done, "s = 'x = 1 << 100000000'", "compile(s, 'f', 'exec')"),
    program(Done, "s = 'x = ' + '9' * 400000 + '.5'", "compile(s, 'f', 'exec')"),
    program(
        Raises("RecursionError: maximum recursion"),
        "s = '(' * 50000",
        "compile(s, 'f', 'exec')",
    ),
];

pub(crate) const MEMORY: &[Program] = &[
    program(OutOfFuel, "t = [[i] for i in range(100000)]\nimport gc", "while True: gc.collect()"),
    program(
        OutOfFuel,
        "t = []\ntry:\n  while True: t.append([])\nexcept MemoryError: del t[-4:]",
        "while True: u = []",
    ),
    program(
        OutOfFuel,
        "t = []\ntry:\n  while True: t.append([])\nexcept MemoryError: del t[-4:]",
        "while True:\n  try: u = [7] * 1000\n  except MemoryError: pass",
    ),
    program(
        OutOfFuel,
        "",
        "import micropython, gc\ngc.disable()\nwhile True:\n  try: t = [7] * 9\n  except MemoryError: micropython.heap_lock()",
    ),
];
