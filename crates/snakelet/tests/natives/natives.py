# Finds every native function and method of the interpreter, and calls it with arguments that are small, large and
# hostile. The host runs `prepare(names of modules)`, and then `prepare_call(i, k)` and `call()` for each i below
# `len(natives)` and each k below `len(arguments)`.
N = 1 << 17

class Colliding:
    def __hash__(self): return 7

class Odd:
    # answers what it is asked with itself, with another one or with an error
    def __eq__(self, other): return []
    def __hash__(self): return hash(self.__dict__.get('n', 1))
    def __lt__(self, other): raise ValueError
    def __index__(self): return 1 << 70
    def __iter__(self): return self
    def __next__(self): raise StopIteration
    def __len__(self): return 1 << 40
    def __getitem__(self, i): return self
    def __str__(self): return '{' * 9
    def __call__(self, *args): return self

def itself():
    x = [1]
    x.append(x)
    return x

def nested(n):
    x = ()
    for i in range(n): x = (x, x)
    return x

def endless():
    while True: yield 1

# what makes arguments: an object that an earlier call has changed is of no use to the next one
values = [
    lambda: 1, lambda: -1, lambda: 1 << 62, lambda: 1 << 200000, lambda: -1.5, lambda: 1e300, lambda: 2j,
    lambda: None, lambda: 'a', lambda: '', lambda: b'a', lambda: [], lambda: (1, 2), lambda: {1: 2},
    lambda: 'ab ' * N * 8, lambda: '\xe9' * N * 8, lambda: '0' * N * 8, lambda: '{:9}%d' * N, lambda: '1e' + '9' * N,
    lambda: b'ab' * N * 8, lambda: bytearray(N * 16), lambda: memoryview(bytearray(N * 16))[1:],
    lambda: [1] * N, lambda: list(range(N // 2)), lambda: tuple(range(N)), lambda: range(1 << 60),
    lambda: ['ab'] * N, lambda: {i: i for i in range(N // 8)}, lambda: set(range(N // 8)),
    lambda: frozenset([i << 40 for i in range(200)]), lambda: {Colliding(): 1 for i in range(40)},
    itself, lambda: nested(60), endless, Odd, Colliding, lambda: lambda *a: 1, lambda: int, lambda: type,
]

# by their numbers in `values`: none, one, and some that belong together
arguments = [()] + [(i,) for i in range(len(values))]
for pair in [(0, 0), (0, 3), (3, 0), (3, 3), (14, 8), (14, 9), (14, 14), (8, 14), (15, 15), (19, 10), (19, 19), (20, 20),
             (22, 22), (22, 0), (0, 22), (36, 22), (37, 22), (8, 22), (24, 24), (27, 27), (28, 28), (34, 34), (2, 2),
             (14, 2), (8, 2), (32, 32), (33, 0), (8, 11), (26, 26), (31, 31)]:
    arguments.append(pair)
arguments += [(14, 8, 14), (8, 12, 13), (0, 22, 22), (20, 0, 20), (3, 3, 3), (19, 10, 19)]

natives = []

def functions_of(owner, prefix):
    for name in dir(owner):
        if name not in skipped:
            natives.append((prefix + name, owner, name))

# These wait for input, or end what calls them on purpose.
skipped = ('input', 'exit', 'quit', 'natives', 'values', 'arguments')

def prepare(modules):
    kinds = []
    for make in values:
        kinds.append(type(make()))
    seen = []
    for module in ['builtins'] + modules:
        try:
            module = __import__(module)
        except Exception:
            continue
        functions_of(module, module.__name__ + '.')
        for name in dir(module):
            found = getattr(module, name, None)
            if isinstance(found, type) and found not in seen:
                seen.append(found)
                # the methods of objects of the type, of each size that there are
                for i, kind in enumerate(kinds):
                    if kind is found:
                        for method in dir(found):
                            natives.append(('%s[%d].%s' % (name, i, method), values[i], method))
    return len(natives)

prepared = None

def prepare_call(i, k):
    global prepared
    prepared = None
    name, owner, attribute = natives[i]
    if owner in values: owner = owner()
    prepared = (owner, attribute, [values[v]() for v in arguments[k]])
    return name

def call():
    owner, attribute, args = prepared
    try:
        getattr(owner, attribute)(*args)
    except Exception:
        pass
