# Streams: tasks that wait until something can be read or written, connections and servers.

import select
from . import core
from .core import TaskQueue


# The streams for which tasks wait. The loop looks at them as long as there are some.
class _Streams:
    def __init__(self):
        self._poll = select.poll()
        # by the identity of a stream: it, and the queues of readers and writers
        self._waiting = {}

    async def wait(self, stream, events):
        waiting = self._waiting.get(id(stream))
        if waiting is None:
            waiting = self._waiting[id(stream)] = (stream, TaskQueue(), TaskQueue())
            self._poll.register(stream, events)
        core._streams = self
        queue = waiting[1] if events == select.POLLIN else waiting[2]
        self._note(waiting, events)
        try:
            await queue
        finally:
            # one that was cancelled waits no more
            self._note(waiting, 0)

    # Asks for what is waited for, and for `more`.
    def _note(self, waiting, more):
        stream, readers, writers = waiting
        if self._waiting.get(id(stream)) is not waiting:
            return
        if readers.peek() is not None:
            more |= select.POLLIN
        if writers.peek() is not None:
            more |= select.POLLOUT
        if more:
            self._poll.modify(stream, more)
        else:
            del self._waiting[id(stream)]
            self._poll.unregister(stream)
            if not self._waiting:
                core._streams = None

    # Wakes the tasks whose streams are ready.
    def look(self):
        for stream, events in self._poll.ipoll(0):
            waiting = self._waiting[id(stream)]
            # after an error both find out what it is
            if events & ~select.POLLOUT:
                self._wake(waiting[1])
            if events & ~select.POLLIN:
                self._wake(waiting[2])
            self._note(waiting, 0)

    def _wake(self, queue):
        while queue._wake() is not None:
            pass


def _wait(stream, events):
    streams = core._streams
    if streams is None:
        streams = _Streams()
    return streams.wait(stream, events)


class Stream:
    def __init__(self, s, e=None):
        self.s = s
        self.e = {} if e is None else e
        self.out_buf = b""

    def get_extra_info(self, v):
        return self.e[v]

    def close(self):
        pass

    async def wait_closed(self):
        self.s.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        await self.wait_closed()

    # What is there of at most `n` bytes.
    async def read(self, n=-1):
        data = b""
        while True:
            await _wait(self.s, select.POLLIN)
            more = self.s.read(n)
            if more is None:
                continue
            if n >= 0:
                return more
            if not more:
                return data
            data += more

    async def readinto(self, buf):
        await _wait(self.s, select.POLLIN)
        return self.s.readinto(buf)

    async def readexactly(self, n):
        data = b""
        while n:
            await _wait(self.s, select.POLLIN)
            more = self.s.read(n)
            if more is not None:
                if not more:
                    raise EOFError
                data += more
                n -= len(more)
        return data

    async def readline(self):
        line = b""
        while True:
            await _wait(self.s, select.POLLIN)
            more = self.s.readline()
            if more is not None:
                line += more
                if not more or line[-1] == 10:
                    return line

    # What the stream takes at once needs no memory.
    def write(self, buf):
        if not self.out_buf:
            n = self.s.write(buf)
            if n == len(buf):
                return
            if n is not None:
                buf = buf[n:]
        self.out_buf += buf

    async def drain(self):
        if not self.out_buf:
            # other tasks take their turns
            return await core.sleep_ms(0)
        data = memoryview(self.out_buf)
        at = 0
        try:
            while at < len(data):
                await _wait(self.s, select.POLLOUT)
                n = self.s.write(data[at:])
                if n is not None:
                    at += n
        finally:
            self.out_buf = bytes(data[at:])


StreamReader = StreamWriter = Stream


async def open_connection(host, port, ssl=None, server_hostname=None):
    from errno import EINPROGRESS
    import socket

    address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    s = socket.socket(address[0], address[1], address[2])
    s.setblocking(False)
    try:
        s.connect(address[-1])
    except OSError as error:
        if error.errno != EINPROGRESS:
            raise
    await _wait(s, select.POLLOUT)
    if ssl:
        if ssl is True:
            import ssl as module

            ssl = module.SSLContext(module.PROTOCOL_TLS_CLIENT)
        s = ssl.wrap_socket(
            s, server_hostname=server_hostname or host, do_handshake_on_connect=False
        )
        s.setblocking(False)
    stream = Stream(s)
    return stream, stream


class Server:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        self.close()
        await self.wait_closed()

    def close(self):
        self.state = True
        self.task.cancel()

    async def wait_closed(self):
        await self.task

    async def _serve(self, s, callback, ssl):
        self.state = False
        try:
            while True:
                await _wait(s, select.POLLIN)
                try:
                    accepted, address = s.accept()
                except OSError:
                    # it was gone again
                    continue
                accepted.setblocking(False)
                if ssl:
                    try:
                        accepted = ssl.wrap_socket(
                            accepted, server_side=True, do_handshake_on_connect=False
                        )
                    except OSError:
                        accepted.close()
                        continue
                stream = Stream(accepted, {"peername": address})
                core.create_task(callback(stream, stream))
        except core.CancelledError:
            # by `close`, or with the task in which it was made
            if not self.state:
                raise
        finally:
            s.close()


async def start_server(callback, host, port, backlog=5, ssl=None):
    import socket

    address = socket.getaddrinfo(host, port)[0][-1]
    s = socket.socket()
    s.setblocking(False)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(address)
    s.listen(backlog)
    server = Server()
    server.task = core.create_task(server._serve(s, callback, ssl))
    # it listens before the caller goes on
    await core.sleep_ms(0)
    return server
