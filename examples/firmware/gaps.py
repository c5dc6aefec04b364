# The longest time between two polls of the host, for natives that work long: a table of instructions and names.
# Fails if one is longer than MOST. To be run by `run.sh gaps.py --features gaps`, where a microsecond is 1000
# instructions. What collects a whole heap is left out: a collection is measured on its own.
import gaps, gc

MOST = 1000000

LINES = """
sort of numbers|x = [i * 7919 % 4001 for i in range(4000)]|x.sort()
sort of texts|x = [str(i * 7919 % 1009) for i in range(1000)]|x.sort()
sort by key|x = list(range(1500))|x.sort(key=lambda n: -n)
list.count|x = [1] * 6000|x.count(1)
list.index|x = [1] * 6000|x.index(1, 5999)
list.insert|x = [1] * 6000|for i in range(50): x.insert(0, 1)
list of a range||list(range(6000))
list.copy|x = [1] * 6000|for i in range(20): x.copy()
comparison of lists|x = [1] * 4000; y = [1] * 4000|for i in range(20): x == y
sum|x = [1] * 6000|sum(x)
max|x = [1] * 6000|max(x)
hash of a tuple|x = (1,) * 6000|hash(x)
repr of a list|x = [1] * 2500|repr(x)
dict of numbers||x = {i: i for i in range(1500)}
dict.copy|x = {i: i for i in range(1000)}|x.copy()
keys that collide|x = [i << 40 for i in range(300)]|y = {k: 1 for k in x}
set of numbers||x = set(range(1500))
set.union|x = set(range(700)); y = set(range(500, 900))|x | y
text search|x = 'a' * 20000; y = 'a' * 400 + 'b'|y in x
text.replace|x = 'ab' * 6000|x.replace('b', 'cd')
text.split|x = 'ab ' * 1000|x.split()
text.join|x = ['ab'] * 3000|''.join(x)
text.upper|x = 'a' * 30000|x.upper()
text in reverse|x = 'a' * 30000|x[::-1]
wide text|x = '\xe9' * 15000|x[1:]
comparison of texts|x = 'a' * 30000; y = 'a' * 29999 + 'b'|for i in range(20): x == y
str.encode|x = '\xe9' * 15000|x.encode()
bytes.decode|x = b'a' * 30000|x.decode()
bytes.hex|x = b'a' * 15000|x.hex()
format with a width||'{:30000}'.format(7)
precision||'%.20000f' % 1.5
float of a text|x = '0.' + '0' * 30000 + '1'|float(x)
int of a text|x = '7' * 1500|int(x)
text of an int|x = 1 << 6000|str(x)
hexadecimal digits|x = 1 << 60000|hex(x)
product|x = (1 << 20000) - 1|x * x
power modulo|x = (1 << 300) + 1|pow(3, x, x)
quotient|x = 1 << 20000; y = (1 << 9000) + 1|x // y
bytearray.extend|x = bytearray(15000)|x.extend(x)
slice of an array|x = bytearray(30000)|x[1:]
struct.pack|import struct|struct.pack('20000x')
names||for i in range(300): getattr(1, 'n%d' % i, 0)
attributes|class C: pass|for i in range(200): setattr(C, 'a%d' % i, i)
namedtuple|from collections import namedtuple|namedtuple('N', ['f%d' % i for i in range(100)])
compilation|x = 'y = [' + '1.5, ' * 400 + ']'|compile(x, 'x', 'exec')
long literal|x = 'y = "' + 'a' * 9000 + '"'|compile(x, 'x', 'exec')
long comment|x = '#' * 20000|compile(x, 'x', 'exec')
constants folded|x = 'y = ' + '*'.join(['9' * 60] * 40)|compile(x, 'x', 'exec')
collection of a list of lists|x = [[i] for i in range(1500)]|gc.collect()
"""

worst = 0
for line in LINES.strip().split('\n'):
    name, setup, work = line.split('|', 2)
    names = {'gc': gc}
    exec(setup, names)
    code = compile(work, 'work', 'exec')
    gc.collect()
    gaps.longest()
    exec(code, names)
    gap = gaps.longest() * 1000
    print(gap, name)
    worst = max(worst, gap)
    names = code = None
    gc.collect()
print(worst, 'worst')
assert worst <= MOST
