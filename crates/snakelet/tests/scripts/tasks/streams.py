# differs: streams of scripts
# Tasks wait for streams that scripts write, by what `ioctl` of those answers.
import asyncio
import io
import select


class Pipe(io.IOBase):
    def __init__(self, room):
        self.data = b""
        self.room = room
        self.ended = False

    def ioctl(self, request, argument):
        if request != 3:
            return 0
        ready = 0
        if self.data or self.ended:
            ready |= select.POLLIN
        if len(self.data) < self.room:
            ready |= select.POLLOUT
        return ready & argument

    def read(self, n=-1):
        if not self.data and not self.ended:
            return None
        n = len(self.data) if n < 0 else min(n, len(self.data))
        data, self.data = self.data[:n], self.data[n:]
        return data

    def readline(self):
        end = self.data.find(b"\n") + 1
        return self.read(end or -1)

    def write(self, data):
        n = min(len(data), self.room - len(self.data))
        if n == 0:
            return None
        self.data += bytes(data[:n])
        return n


async def send(pipe, parts):
    stream = asyncio.StreamWriter(pipe)
    for part in parts:
        stream.write(part)
        await stream.drain()
        await asyncio.sleep_ms(1)
    pipe.ended = True


def report(loop, context):
    # a task that fails leaves others waiting
    raise context["exception"]


async def main():
    asyncio.get_event_loop().set_exception_handler(report)
    pipe = Pipe(5)
    task = asyncio.create_task(send(pipe, [b"line one\nline", b" two\n", b"0123456789", b"rest"]))
    stream = asyncio.StreamReader(pipe)
    print(await stream.readline())
    print(await stream.readline())
    print(await stream.readexactly(10))
    print(await stream.read())
    print(await stream.read(5))
    try:
        await stream.readexactly(1)
    except EOFError:
        print("end")
    await task

    # a reader that is cancelled lets others read
    pipe = Pipe(5)
    stream = asyncio.Stream(pipe)
    try:
        await asyncio.wait_for_ms(stream.read(1), 2)
    except asyncio.TimeoutError:
        print("nothing")
    await send(pipe, [b"more"])
    print(await stream.read(3), await stream.read())


asyncio.run(main())

poll = select.poll()
pipe, other = Pipe(4), Pipe(0)
poll.register(pipe)
poll.register(other)
poll.register(other, select.POLLIN | select.POLLOUT)
print([(stream is pipe, events) for stream, events in poll.poll(0)])
print([(stream is pipe, events) for stream, events in poll.ipoll(0, 1)])
print(poll.poll(0), poll.poll(2))
pipe.write(b"x")
poll.modify(pipe, select.POLLIN)
print(len(poll.poll()))
poll.unregister(pipe)
poll.unregister(pipe)
for wrong in (lambda: poll.modify(pipe, 1), lambda: poll.register(5), lambda: poll.register(pipe, "x")):
    try:
        wrong()
    except (OSError, TypeError) as error:
        print(type(error).__name__)


class Wrong(io.IOBase):
    def ioctl(self, request, argument):
        return self.answer


wrong = Wrong()
poll.register(wrong)
for wrong.answer in (-5, "x", 1 << 80, 3.5):
    try:
        print(len(poll.poll(0)))
    except (OSError, TypeError, OverflowError) as error:
        print(type(error).__name__)
