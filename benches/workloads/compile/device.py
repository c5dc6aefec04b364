# A module as firmware has them: constants, a class with methods, error handling.
_REG_ID = 0x0F
_REG_CTRL = 0x20
_REG_DATA = 0x28
_ID = 0xD4


class SensorError(Exception):
    pass


class Gyroscope:
    """Reads angular rates over a bus with `read_register` and `write_register`."""

    def __init__(self, bus, scale=250, *, check=True):
        self.bus = bus
        self.scale = scale
        self.offset = [0, 0, 0]
        if check and bus.read_register(_REG_ID, 1)[0] != _ID:
            raise SensorError("not a gyroscope")
        bus.write_register(_REG_CTRL, bytes([0x0F, 0x00, 0x00, {250: 0, 500: 0x10, 2000: 0x20}[scale]]))

    def raw(self):
        data = self.bus.read_register(_REG_DATA | 0x80, 6)
        for axis in range(3):
            value = data[2 * axis] | data[2 * axis + 1] << 8
            yield value - 0x10000 if value & 0x8000 else value

    def calibrate(self, count=100):
        sums = [0, 0, 0]
        for _ in range(count):
            sums = [s + v for s, v in zip(sums, self.raw())]
        self.offset = [s // count for s in sums]

    @property
    def rates(self):
        factor = self.scale / 0x7FFF
        return tuple((v - o) * factor for v, o in zip(self.raw(), self.offset))

    def watch(self, limit, callback):
        while True:
            try:
                rates = self.rates
            except OSError as e:
                callback(None, f"bus failed: {e!r}")
                continue
            if any(abs(r) > limit for r in rates):
                if callback(rates, "limit"):
                    break

    async def stream(self, queue, period):
        async with queue:
            async for tick in queue.ticks(period):
                await queue.put((tick, *self.rates))
