# Coroutines driven by hand.


class Switch:
    def __init__(self, tag):
        self.tag = tag

    def __await__(self):
        got = yield self.tag
        return got

    __iter__ = __await__  # what MicroPython looks for


async def child(n):
    got = await Switch("child %d" % n)
    return n, got


async def parent():
    total = []
    for i in range(2):
        total.append(await child(i))
    async with Context("a") as c:
        print("inside", c)
    async for x in Countdown(3):
        total.append(x)
    return total


class Context:
    def __init__(self, name):
        self.name = name

    async def __aenter__(self):
        await Switch("enter")
        return self.name

    async def __aexit__(self, kind, value, trace):
        await Switch("exit")


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        await Switch("tick")
        return self.n


coro = parent()
answer = None
while True:
    try:
        tag = coro.send(answer)
    except StopIteration as e:
        print("result", e.value)
        break
    print("awaits", tag)
    answer = tag.upper()


async def failing():
    try:
        await Switch("wait")
    except KeyError as e:
        return "handled %s" % e


coro = failing()
print(coro.send(None))
try:
    coro.throw(KeyError("k"))
except StopIteration as e:
    print(e.value)


# objects that only `await` knows what to do with
class Later:
    def __init__(self, n):
        self.n = n

    def __await__(self):
        for i in range(self.n):
            got = yield i
            print("got", got)
        return self.n * 10


class Inner:
    def __await__(self):
        return iter("ab")


async def waits():
    total = await Later(2)
    total += await Later(0)
    await Inner()
    return total


c = waits()
sent = [c.send(None)]
try:
    while True:
        sent.append(c.send(None))
except StopIteration as e:
    print(sent, e.value)
for wrong in Later(1), 5:
    try:
        for i in wrong:
            print(i)
    except TypeError:
        print("TypeError")


class Neither:
    pass


async def fails():
    await Neither()


try:
    fails().send(None)
except TypeError:
    print("TypeError")
